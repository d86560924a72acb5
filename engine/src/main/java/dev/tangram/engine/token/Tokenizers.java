package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import java.nio.file.Path;
import java.util.Optional;

/** Makes the tokenizer that a model file describes. */
public final class Tokenizers {
  private static final String MODEL = "tokenizer.ggml.model";

  private Tokenizers() {}

  /**
   * Reads the {@code tokenizer.json} of a BERT-like model: WordPiece with BERT's normalisation.
   *
   * @throws ModelFormatException if it is of another kind or contradicts itself
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static Tokenizer wordPiece(Path tokenizerJson) {
    return WordPieceFile.open(tokenizerJson);
  }

  /**
   * Reads and checks everything about tokens in a file's metadata.
   *
   * @param fileName for error messages
   * @return empty if the file describes no tokenizer
   * @throws ModelFormatException if it describes one that is unknown or contradicts itself
   */
  public static Optional<Tokenizer> of(Metadata metadata, String fileName) {
    if (!metadata.has(MODEL)) {
      return Optional.empty();
    }
    String model = metadata.string(MODEL);
    return Optional.of(
        switch (model) {
          case "gpt2" -> ByteLevelTokenizer.of(metadata, fileName);
          case "llama" -> SentencePieceTokenizer.of(metadata, fileName);
          default ->
              throw new ModelFormatException(
                  fileName,
                  MODEL,
                  Quoted.of(model),
                  "gpt2 (byte-level BPE) or llama (SentencePiece-style BPE)");
        });
  }
}
