package dev.tangram.lab.token;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tangram.engine.Engine;
import dev.tangram.engine.ModelFiles;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.engine.token.Tokenizers;
import dev.tangram.lab.model.Pulled;
import dev.tangram.lab.peer.TokenizerJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A million characters, id by id, beside Hugging Face's own tokenizers (by way of DJL). */
class TokenizerComparisonTest {
  private static final int CHARACTERS = 1_000_000;
  private static final long SEED = Long.getLong("tangram.seed", System.nanoTime());

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"qwen2.5-coder-0.5b", "smollm2-135m"})
  void idsAreThoseOfTheReference(String model) throws Exception {
    Path path = Pulled.file(model);
    try (ModelFile file = ModelFiles.open(path);
        HuggingFaceTokenizer reference = reference(TokenizerJson.of(file.metadata()))) {
      compare(Tokenizers.of(file.metadata(), path.toString()).orElseThrow(), reference, true);
    }
  }

  /**
   * WordPiece sorts characters by tables of Unicode, and the reference's are some years old: so no
   * code points but those of real text.
   */
  @Test
  void wordPieceIdsAreThoseOfTheReference() throws Exception {
    Path path = Pulled.named("all-minilm");
    try (Engine engine = Engine.open(path);
        HuggingFaceTokenizer reference =
            reference(Files.readString(path.resolve("tokenizer.json")))) {
      compare(engine.tokenizer().orElseThrow(), reference, false);
    }
  }

  private HuggingFaceTokenizer reference(String json) throws IOException {
    Path path = folder.resolve("tokenizer.json");
    Files.write(path, json.getBytes(StandardCharsets.UTF_8));
    return HuggingFaceTokenizer.builder()
        .optTokenizerPath(path)
        .optAddSpecialTokens(false)
        .optTruncation(false)
        .optPadding(false)
        .build();
  }

  private static void compare(Tokenizer tokenizer, HuggingFaceTokenizer reference, boolean wild) {
    System.out.println("seed=" + SEED + " (replay with -Dtangram.seed=" + SEED + ")");
    long ids = 0;
    for (String piece : MixedText.pieces(CHARACTERS, SEED, wild)) {
      long[] expected = reference.encode(piece, false, false).getIds();
      int[] found = tokenizer.encode(MarkedText.plain(piece));
      assertThat(Arrays.stream(found).asLongStream().toArray()).as(piece).isEqualTo(expected);
      ids += expected.length;
    }
    System.out.printf("%d ids equal%n", ids);
  }
}
