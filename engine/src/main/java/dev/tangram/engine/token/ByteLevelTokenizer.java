package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.PackedStrings;
import java.nio.charset.StandardCharsets;

/**
 * Byte-level BPE ({@code tokenizer.ggml.model = "gpt2"}): text is cut into words, each word's UTF-8
 * bytes are merged by the rank of the file's merges. A surrogate without its partner is encoded as
 * U+FFFD. A byte for which the vocabulary has no token is left out, as the reference does (SmolLM2
 * lacks some bytes that no valid UTF-8 has, and some control characters).
 */
final class ByteLevelTokenizer extends SegmentTokenizer {
  static final String MERGES = "tokenizer.ggml.merges";

  /** Far above the largest list in use (about 500,000). */
  static final int MERGES_MAX = 2_000_000;

  private final SplitRules rules;
  private final MergeTable merges;
  private final int[] byteIds;
  private final int wholeWordMax;

  private ByteLevelTokenizer(
      Vocabulary vocabulary,
      AddedTokens added,
      SpecialIds special,
      SplitRules rules,
      MergeTable merges) {
    super(vocabulary, added, special, id -> bytes(vocabulary, id));
    this.rules = rules;
    this.merges = merges;
    this.byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = vocabulary.findNormal(Character.toString(ByteAlphabet.spell(b)), 0, 1);
    }
    int longest = 0;
    for (int id = 0; id < vocabulary.size() && rules.wholeWordsFirst(); id++) {
      longest = Math.max(longest, vocabulary.isNormal(id) ? bytes(vocabulary, id).length : 0);
    }
    this.wholeWordMax = longest;
  }

  static ByteLevelTokenizer of(Metadata metadata, String file) {
    SplitRules rules = SplitRules.named(metadata.string(SplitRules.KEY, null), file);
    Vocabulary vocabulary = Vocabulary.of(metadata, file);
    SpecialIds special = SpecialIds.of(metadata, vocabulary, file, rules.beginsByDefault());
    MergeTable merges = merges(PackedStrings.of(metadata.strings(MERGES)), vocabulary, file);
    AddedTokens added = AddedTokens.of(vocabulary, file);
    return new ByteLevelTokenizer(vocabulary, added, special, rules, merges);
  }

  /** Made when asked for: of a hundred thousand tokens a text has a few hundred. */
  private static byte[] bytes(Vocabulary vocabulary, int id) {
    TokenType type = vocabulary.type(id);
    String piece = vocabulary.piece(id);
    if (isHidden(type)) {
      return new byte[0];
    }
    return type == TokenType.NORMAL
        ? ByteAlphabet.bytes(piece)
        : piece.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Merges by rank. One that would build a token which is not ordinary is left out, so merging
   * never can.
   */
  static MergeTable merges(PackedStrings lines, Vocabulary vocabulary, String file) {
    if (lines.size() > MERGES_MAX) {
      throw new ModelFormatException(
          file, MERGES, lines.size() + " merges", "at most " + MERGES_MAX);
    }
    MergeTable table = new MergeTable(lines.size());
    byte[] utf8 = lines.bytes();
    // Most vocabularies list what merges make in the order of the merges.
    int expected = 0;
    for (int rank = 0; rank < lines.size(); rank++) {
      int from = lines.start(rank);
      int to = lines.end(rank);
      int space = space(utf8, from + 1, to);
      if (space < 0 || space == to - 1 || space(utf8, space + 1, to) >= 0) {
        throw broken(
            file, rank, Quoted.of(lines.get(rank)), "two tokens with one space between them");
      }
      int left = vocabulary.find(utf8, from, space);
      int right = vocabulary.find(utf8, space + 1, to);
      int merged = vocabulary.findJoined(utf8, from, space, space + 1, to, expected);
      expected = merged + 1;
      if (left < 0 || right < 0 || merged < 0) {
        String first = text(utf8, from, space);
        String second = text(utf8, space + 1, to);
        String unknown = left < 0 ? first : right < 0 ? second : first + second;
        throw broken(
            file,
            rank,
            Quoted.of(lines.get(rank)) + ", where " + Quoted.of(unknown) + " is no token",
            "two tokens that are a third one when joined");
      }
      if (vocabulary.isNormal(merged)) {
        table.put(left, right, rank, merged);
      }
    }
    return table;
  }

  private static String text(byte[] utf8, int from, int to) {
    return new String(utf8, from, to - from, StandardCharsets.UTF_8);
  }

  /** Where the first space of [from, to) is, or -1. */
  private static int space(byte[] utf8, int from, int to) {
    for (int i = from; i < to; i++) {
      if (utf8[i] == ' ') {
        return i;
      }
    }
    return -1;
  }

  private static ModelFormatException broken(String file, int rank, String found, String allowed) {
    return new ModelFormatException(file, MERGES + "[" + rank + "]", found, allowed);
  }

  @Override
  Merger merger() {
    return new Merger(merges);
  }

  @Override
  void segment(String raw, int start, int end, boolean afterControl, Merger merger, Ids out) {
    String text = raw;
    int from = start;
    int to = end;
    if (rules.composed()) {
      text = CanonicalForm.of(raw.substring(start, end));
      from = 0;
      to = text.length();
    }
    while (from < to) {
      int next = rules.splitter().next(text, from, to);
      word(text, from, next, merger, out);
      from = next;
    }
  }

  @Override
  void merge(String text, int from, int to, Merger merger, Ids out) {
    int whole = rules.wholeWordsFirst() ? wholeWord(text, from, to) : -1;
    if (whole >= 0) {
      out.add(whole);
      return;
    }
    merger.clear();
    int i = from;
    while (i < to) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      long utf8 = Utf8.encode(c);
      for (int b = 0; b < Utf8.length(utf8); b++) {
        int id = byteIds[Utf8.at(utf8, b)];
        if (id >= 0) {
          merger.add(id);
        }
      }
    }
    merger.merge();
    for (int s = 0; s < merger.size(); s++) {
      out.add(merger.symbol(s));
    }
  }

  /** The id of the token that is this word, or -1. */
  private int wholeWord(String text, int from, int to) {
    if (to - from > wholeWordMax) {
      return -1;
    }
    StringBuilder spelling = new StringBuilder(to - from);
    int i = from;
    while (i < to) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      long utf8 = Utf8.encode(c);
      for (int b = 0; b < Utf8.length(utf8); b++) {
        spelling.append(ByteAlphabet.spell(Utf8.at(utf8, b)));
      }
    }
    return vocabulary.findNormal(spelling.toString(), 0, spelling.length());
  }

  @Override
  public String toString() {
    return "byte-level BPE of " + vocabularySize() + " tokens, " + merges.size() + " merges";
  }
}
