package dev.tangram.engine.token;

import java.nio.charset.StandardCharsets;

/**
 * WordPiece with BERT's normalisation: words are cut at white space and punctuation, then each word
 * into the longest tokens from its start; a word that cannot be cut, or is too long, is the unknown
 * token. Linear: each place costs at most one walk of the longest token's length.
 */
final class WordPieceTokenizer extends SegmentTokenizer {
  private final WordPieceTrie trie;
  private final BertNormalizer normalizer;
  private final int unknown;
  private final int wordLengthMax;

  /**
   * @param prefix what tokens begin with that go on within a word: {@code ##}
   * @param wordLengthMax code points of the longest word that is cut
   */
  WordPieceTokenizer(
      Vocabulary vocabulary,
      AddedTokens added,
      SpecialIds special,
      BertNormalizer normalizer,
      String prefix,
      int unknown,
      int wordLengthMax) {
    super(
        vocabulary,
        added,
        special,
        id -> bytes(vocabulary.piece(id), isHidden(vocabulary.type(id)), prefix));
    this.trie = new WordPieceTrie(vocabulary, prefix);
    this.normalizer = normalizer;
    this.unknown = unknown;
    this.wordLengthMax = wordLengthMax;
  }

  /** What a token adds to a text, as far as WordPiece knows: spaces before words are lost. */
  private static byte[] bytes(String piece, boolean hidden, String prefix) {
    boolean goesOn = piece.startsWith(prefix) && piece.length() > prefix.length();
    String text = hidden ? "" : goesOn ? piece.substring(prefix.length()) : piece;
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The word that is being read. */
  private final class Word implements BertNormalizer.Sink {
    private final StringBuilder text = new StringBuilder();
    private final Ids out;
    private int length;

    Word(Ids out) {
      this.out = out;
    }

    @Override
    public void put(int c) {
      if (BertText.isSpace(c)) {
        end();
      } else if (BertText.isPunctuation(c)) {
        end();
        add(c);
        end();
      } else {
        add(c);
      }
    }

    private void add(int c) {
      length++;
      if (length <= wordLengthMax) {
        text.appendCodePoint(c);
      }
    }

    void end() {
      if (length > wordLengthMax) {
        out.add(unknown);
      } else if (length > 0) {
        cut(text, out);
      }
      text.setLength(0);
      length = 0;
    }
  }

  private void cut(CharSequence word, Ids out) {
    Ids pieces = new Ids(8);
    for (int at = 0; at < word.length(); ) {
      long found = trie.longest(word, at, at == 0);
      if (found < 0) {
        out.add(unknown);
        return;
      }
      pieces.add((int) (found >>> 32));
      at += (int) found;
    }
    out.addAll(pieces.from(0));
  }

  @Override
  void segment(String text, int from, int to, boolean afterControl, Merger merger, Ids out) {
    Word word = new Word(out);
    normalizer.run(text, from, to, word);
    word.end();
  }

  @Override
  void merge(String text, int from, int to, Merger merger, Ids out) {
    segment(text, from, to, false, merger, out);
  }

  @Override
  Merger merger() {
    return null;
  }
}
