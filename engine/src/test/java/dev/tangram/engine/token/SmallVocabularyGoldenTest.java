package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every rule against Hugging Face's tokenizers on the same small vocabulary: about 160 texts each.
 */
class SmallVocabularyGoldenTest {
  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "qwen35", "llama-bpe", "smollm", "gpt-2", "sentence-piece"})
  void idsEqualTheReference(String name) {
    Tokenizer tokenizer = Small.named(name);
    assertThat(Small.cases(name)).hasSizeGreaterThan(150);
    for (Small.Case each : Small.cases(name)) {
      assertThat(tokenizer.encode(MarkedText.trusted(each.text())))
          .as(Texts.show(each.text()))
          .isEqualTo(each.ids());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "qwen35", "llama-bpe", "smollm", "gpt-2", "sentence-piece"})
  void plainTextComesBackAsItWas(String name) {
    Tokenizer tokenizer = Small.named(name);
    for (Small.Case each : Small.cases(name)) {
      String expected =
          name.startsWith("qwen")
              ? Normalizer.normalize(each.text(), Normalizer.Form.NFC)
              : name.equals("sentence-piece") ? each.text().replace('\u2581', ' ') : each.text();
      int[] ids = tokenizer.encode(MarkedText.plain(each.text()));
      assertThat(TokenStream.decode(tokenizer, ids)).isEqualTo(expected);
    }
  }
}
