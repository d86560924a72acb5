package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.PackedStrings;
import java.util.Arrays;

/** What a SentencePiece-style vocabulary says without saying it: its merges and its byte tokens. */
final class PieceTable {
  static final String SCORES = "tokenizer.ggml.scores";

  /** Merges by rank where a tokenizer.json had them; GGUF itself has scores only. */
  static final String MERGES = "tangram.tokenizer.merges";

  /**
   * Longest ordinary token, in UTF-16 units. Cutting each in two at every place is quadratic in
   * this.
   */
  static final int LENGTH_MAX = 256;

  private PieceTable() {}

  /**
   * The merges that the file lists; else all pairs of ordinary tokens that are an ordinary token
   * when joined, ranked by its score. A file without scores ranks by id, which is the order that
   * merges are learned in.
   */
  static MergeTable merges(Metadata metadata, Vocabulary vocabulary, String file) {
    if (metadata.has(MERGES)) {
      return ByteLevelTokenizer.merges(
          PackedStrings.of(metadata.strings(MERGES)), vocabulary, file);
    }
    int[] ranks = ranks(metadata, vocabulary, file);
    MergeTable table = new MergeTable(vocabulary.size());
    for (int id = 0; id < vocabulary.size(); id++) {
      if (!vocabulary.isNormal(id)) {
        continue;
      }
      String piece = vocabulary.piece(id);
      if (piece.length() > LENGTH_MAX) {
        throw new ModelFormatException(
            file,
            Vocabulary.TOKENS + "[" + id + "]",
            "an ordinary token of " + piece.length() + " characters",
            "at most " + LENGTH_MAX);
      }
      int merged = id;
      vocabulary.cuts(id, (left, right) -> table.put(left, right, ranks[merged], merged));
    }
    return table;
  }

  /** By id: how many distinct scores are higher. */
  private static int[] ranks(Metadata metadata, Vocabulary vocabulary, String file) {
    int size = vocabulary.size();
    int[] ranks = new int[size];
    if (!metadata.has(SCORES)) {
      Arrays.setAll(ranks, id -> id);
      return ranks;
    }
    float[] scores = metadata.numbers(SCORES);
    if (scores.length != size) {
      throw new ModelFormatException(
          file, SCORES, scores.length + " scores", "one for each of " + size + " tokens");
    }
    float[] distinct = new float[size];
    for (int id = 0; id < size; id++) {
      if (!Float.isFinite(scores[id])) {
        throw new ModelFormatException(
            file, SCORES + "[" + id + "]", Float.toString(scores[id]), "a finite number");
      }
      // Adding zero makes -0.0 equal to 0.0; negating sorts the highest first.
      distinct[id] = -scores[id] + 0f;
    }
    float[] keys = distinct.clone();
    Arrays.sort(distinct);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || distinct[i] != distinct[i - 1]) {
        distinct[kept++] = distinct[i];
      }
    }
    for (int id = 0; id < size; id++) {
      ranks[id] = Arrays.binarySearch(distinct, 0, kept, keys[id]);
    }
    return ranks;
  }

  /**
   * The token of each byte value; each must exist exactly once, or some text could not be written.
   */
  static int[] byteIds(Vocabulary vocabulary, String file) {
    int[] ids = new int[256];
    Arrays.fill(ids, -1);
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.type(id) == TokenType.BYTE) {
        String piece = vocabulary.piece(id);
        if (!piece.matches("<0x[0-9A-Fa-f]{2}>")) {
          throw new ModelFormatException(
              file, Vocabulary.TOKENS + "[" + id + "]", Quoted.of(piece), "<0x00> to <0xFF>");
        }
        ids[Integer.parseInt(piece.substring(3, 5), 16)] = id;
      }
    }
    for (int b = 0; b < ids.length; b++) {
      if (ids[b] < 0) {
        throw new ModelFormatException(
            file,
            Vocabulary.TYPES,
            "no byte token for 0x%02X".formatted(b),
            "byte tokens (type 6) for all 256 bytes");
      }
    }
    return ids;
  }
}
