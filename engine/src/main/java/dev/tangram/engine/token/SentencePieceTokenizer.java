package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * SentencePiece-style BPE ({@code tokenizer.ggml.model = "llama"}: Gemma, Llama 2): spaces become
 * U+2581, and the characters merge by the score of the token they make, the highest first, of
 * equals the leftmost. A character without a token becomes its UTF-8 bytes, a surrogate without its
 * partner those of U+FFFD.
 *
 * <p>A text is one word to the model. It is cut before a space all the same, which changes no id:
 * where no token has the character before the space followed by a space, nothing can merge across.
 */
final class SentencePieceTokenizer extends SegmentTokenizer {
  static final char SPACE = '\u2581';

  private final MergeTable merges;
  private final int[] byteIds;
  private final BitSet joinsSpace;
  private final boolean spaceFirst;
  private final int[] basicPlane = new int[0x10000];

  private SentencePieceTokenizer(
      Vocabulary vocabulary,
      AddedTokens added,
      SpecialIds special,
      byte[][] bytes,
      MergeTable merges,
      int[] byteIds,
      boolean spaceFirst) {
    super(vocabulary, added, special, id -> bytes[id]);
    this.merges = merges;
    this.byteIds = byteIds;
    this.spaceFirst = spaceFirst;
    this.joinsSpace = joinsSpace(vocabulary);
    for (int c = 0; c < basicPlane.length; c++) {
      basicPlane[c] = vocabulary.findNormal(Character.toString((char) c), 0, 1);
    }
    basicPlane[' '] = basicPlane[SPACE];
  }

  static SentencePieceTokenizer of(Metadata metadata, String file) {
    Vocabulary vocabulary = Vocabulary.of(metadata, file);
    SpecialIds special = SpecialIds.of(metadata, vocabulary, file, true);
    int[] byteIds = PieceTable.byteIds(vocabulary, file);
    MergeTable merges = PieceTable.merges(metadata, vocabulary, file);
    AddedTokens added = AddedTokens.of(vocabulary, file);
    boolean spaceFirst = metadata.flag("tokenizer.ggml.add_space_prefix", true);
    byte[][] bytes = bytes(vocabulary, byteIds);
    return new SentencePieceTokenizer(
        vocabulary, added, special, bytes, merges, byteIds, spaceFirst);
  }

  private static byte[][] bytes(Vocabulary vocabulary, int[] byteIds) {
    byte[][] bytes = new byte[vocabulary.size()][];
    for (int id = 0; id < bytes.length; id++) {
      TokenType type = vocabulary.type(id);
      String piece = vocabulary.piece(id);
      if (isHidden(type)) {
        bytes[id] = new byte[0];
      } else {
        String shown = type == TokenType.NORMAL ? piece.replace(SPACE, ' ') : piece;
        bytes[id] = shown.getBytes(StandardCharsets.UTF_8);
      }
    }
    for (int b = 0; b < byteIds.length; b++) {
      bytes[byteIds[b]] = new byte[] {(byte) b};
    }
    return bytes;
  }

  /** The characters that some token has before a space: a text must not be cut between the two. */
  private static BitSet joinsSpace(Vocabulary vocabulary) {
    BitSet joins = new BitSet();
    joins.set(SPACE);
    for (int id = 0; id < vocabulary.size(); id++) {
      String piece = vocabulary.piece(id);
      for (int i = piece.indexOf(SPACE, 1); i > 0; i = piece.indexOf(SPACE, i + 1)) {
        joins.set(piece.charAt(i - 1));
      }
    }
    return joins;
  }

  @Override
  Merger merger() {
    return new Merger(merges);
  }

  @Override
  void segment(String raw, int start, int end, boolean afterControl, Merger merger, Ids out) {
    boolean prefixed = spaceFirst && afterControl;
    String text = prefixed ? ' ' + raw.substring(start, end) : raw;
    int from = prefixed ? 0 : start;
    int to = prefixed ? text.length() : end;
    while (from < to) {
      int next = from + 1;
      while (next < to && !cutBefore(text, next)) {
        next++;
      }
      word(text, from, next, merger, out);
      from = next;
    }
  }

  private boolean cutBefore(String text, int at) {
    return isSpace(text.charAt(at))
        && !isSpace(text.charAt(at - 1))
        && !joinsSpace.get(text.charAt(at - 1));
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == SPACE;
  }

  @Override
  void merge(String text, int from, int to, Merger merger, Ids out) {
    merger.clear();
    int i = from;
    while (i < to) {
      int c = text.codePointAt(i);
      int length = Character.charCount(c);
      int id = length == 1 ? basicPlane[c] : vocabulary.findNormal(text, i, i + length);
      merger.add(id >= 0 ? id : ~c);
      i += length;
    }
    merger.merge();
    for (int s = 0; s < merger.size(); s++) {
      int symbol = merger.symbol(s);
      if (symbol >= 0) {
        out.add(symbol);
      } else {
        long utf8 = Utf8.encode(~symbol);
        for (int b = 0; b < Utf8.length(utf8); b++) {
          out.add(byteIds[Utf8.at(utf8, b)]);
        }
      }
    }
  }

  @Override
  public String toString() {
    return "SentencePiece BPE of " + vocabularySize() + " tokens";
  }
}
