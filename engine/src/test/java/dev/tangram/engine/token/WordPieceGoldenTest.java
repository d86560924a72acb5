package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.encoder.TinyBert;
import dev.tangram.engine.file.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** WordPiece against Hugging Face's tokenizers, id by id, and on hostile texts. */
class WordPieceGoldenTest {
  private final Tokenizer tokenizer =
      Tokenizers.wordPiece(TinyBert.folder().resolve("tokenizer.json"));

  @Test
  void everyTextHasTheReferencesIds() {
    var cases = TinyBert.cases("cases.json");
    assertThat(cases).hasSizeGreaterThan(180);
    for (TinyBert.Case each : cases) {
      assertThat(tokenizer.encode(MarkedText.trusted(each.text())))
          .as(Quoted.of(each.text()))
          .isEqualTo(each.ids());
    }
  }

  @Test
  void knowsWhatGoesBeforeAndAfterAText() {
    assertThat(tokenizer.piece(tokenizer.begin().orElseThrow())).isEqualTo("[CLS]");
    assertThat(tokenizer.piece(tokenizer.appended().orElseThrow())).isEqualTo("[SEP]");
    assertThat(tokenizer.isControl(tokenizer.id("[MASK]").orElseThrow())).isTrue();
  }

  @Test
  void textThatIsNotTrustedMakesNoControlToken() {
    int[] ids = tokenizer.encode(MarkedText.plain("a [SEP] b"));
    assertThat(ids).doesNotContain(tokenizer.id("[SEP]").orElseThrow());
  }

  /** Each takes milliseconds; work that grows with the square would take hours. */
  @Test
  @Timeout(20)
  void aMillionCharactersOfAnyKindTakeLinearTime() {
    int million = 1_000_000;
    for (String unit :
        new String[] {"a", "the", "##", "é", "\u0301", "漢", ".", " ", "[SEP", "\ud83d", "\udc00"}) {
      long start = System.nanoTime();
      int[] ids = tokenizer.encode(MarkedText.trusted(unit.repeat(million / unit.length())));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as(Quoted.of(unit))
          .isLessThan(Duration.ofSeconds(10));
      assertThat(ids.length).isLessThanOrEqualTo(million);
    }
    assertThat(tokenizer.encode(MarkedText.trusted("a".repeat(million)))).hasSize(1);
  }

  @Test
  void brokenSurrogatesAreDroppedAsReplacementCharactersAre() {
    int[] whole = tokenizer.encode(MarkedText.plain("the quick fox"));
    assertThat(tokenizer.encode(MarkedText.plain("the qu\ud800ick\udfff f\udc00ox\ud83d")))
        .isEqualTo(whole);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.append((char) random.nextInt(1 << 16));
      }
      for (int id : tokenizer.encode(MarkedText.plain(text.toString()))) {
        assertThat(id).as("seed=" + seed).isBetween(0, tokenizer.vocabularySize() - 1);
      }
    }
  }

  @Test
  void filesOfAnotherKindAreRefusedByFieldName(@TempDir Path folder) throws IOException {
    refused(folder, "\"WordPiece\",\"unk", "\"Unigram\",\"unk", "model.type");
    refused(folder, "\"BertNormalizer\"", "\"NFC\"", "normalizer.type");
    refused(folder, "\"BertPreTokenizer\"", "\"Metaspace\"", "pre_tokenizer.type");
    refused(folder, "\"TemplateProcessing\"", "\"ByteLevel\"", "post_processor.type");
    refused(folder, "\"unk_token\":\"[UNK]\"", "\"unk_token\":\"[NOPE]\"", "unk_token");
    refused(folder, "\"[PAD]\":0", "\"[PAD]\":1", "each id");
    refused(
        folder, "\"id\":4,\"content\":\"[MASK]\"", "\"id\":9,\"content\":\"[MASK]\"", "content");
  }

  private static void refused(Path folder, String from, String to, String field)
      throws IOException {
    String text = Files.readString(TinyBert.folder().resolve("tokenizer.json"));
    String spoiled = text.replace(from, to);
    assertThat(spoiled).as(from).isNotEqualTo(text);
    Path file = Files.writeString(folder.resolve("tokenizer.json"), spoiled);
    assertThatThrownBy(() -> Tokenizers.wordPiece(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(field)
        .hasMessageContaining(file.toString());
  }
}
