package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import dev.tangram.engine.token.Tokenizers;
import java.util.Arrays;
import java.util.Optional;

/**
 * Builds the tokenizer of a file that was accepted and uses it; whatever it says must stay in its
 * own vocabulary.
 */
public final class TokenizerTrial {
  private static final String TEXT = "the an in <|im_end|> <end_of_turn>\n\n  ä 12 \u0000😀";

  private TokenizerTrial() {}

  /** Throws {@link dev.tangram.engine.file.ModelFormatException}, if anything. */
  public static Optional<Tokenizer> run(ModelFile file) {
    Optional<Tokenizer> made = Tokenizers.of(file.metadata(), file.path().toString());
    made.ifPresent(TokenizerTrial::use);
    return made;
  }

  public static void use(Tokenizer tokenizer) {
    int vocabulary = tokenizer.vocabularySize();
    tokenizer.begin().ifPresent(id -> check(tokenizer, id));
    tokenizer.ends().forEach(id -> check(tokenizer, id));
    for (int id : tokenizer.encode(MarkedText.plain(TEXT))) {
      check(tokenizer, id);
      if (tokenizer.isControl(id)) {
        throw new AssertionError("user text became the control token " + id);
      }
    }
    Arrays.stream(tokenizer.encode(MarkedText.trusted(TEXT))).forEach(id -> check(tokenizer, id));
    for (int id = 0; id < vocabulary; id++) {
      tokenizer.bytes(id);
    }
  }

  private static void check(Tokenizer tokenizer, int id) {
    if (id < 0 || id >= tokenizer.vocabularySize()) {
      throw new AssertionError(
          "id %d of a vocabulary of %d".formatted(id, tokenizer.vocabularySize()));
    }
    tokenizer.piece(id);
    tokenizer.bytes(id);
  }
}
