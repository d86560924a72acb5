package dev.tangram.engine.token;

import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * What all tokenizers share: added tokens are cut out of the raw text first, and the segments
 * between them are encoded by the model's own way.
 */
abstract sealed class SegmentTokenizer implements Tokenizer
    permits ByteLevelTokenizer, SentencePieceTokenizer, WordPieceTokenizer {
  final Vocabulary vocabulary;
  private final AddedTokens added;
  private final SpecialIds special;
  private final IntFunction<byte[]> bytes;
  private final WordCache cache = new WordCache();

  /**
   * @param bytes what each token adds to the output, by id
   */
  SegmentTokenizer(
      Vocabulary vocabulary, AddedTokens added, SpecialIds special, IntFunction<byte[]> bytes) {
    this.vocabulary = vocabulary;
    this.added = added;
    this.special = special;
    this.bytes = bytes;
  }

  /**
   * Encodes text[from, to), which is not empty and has no added token in it.
   *
   * @param afterControl whether the segment starts the text or follows a control token
   */
  abstract void segment(
      String text, int from, int to, boolean afterControl, Merger merger, Ids out);

  /** Encodes one word, text[from, to), without looking at the cache. */
  abstract void merge(String text, int from, int to, Merger merger, Ids out);

  abstract Merger merger();

  /** Encodes one word, text[from, to). */
  final void word(String text, int from, int to, Merger merger, Ids out) {
    if (to - from > WordCache.LENGTH_MAX) {
      merge(text, from, to, merger, out);
      return;
    }
    int[] ids = cache.find(text, from, to);
    if (ids == null) {
      int first = out.size();
      merge(text, from, to, merger, out);
      cache.keep(text, from, to, out.from(first));
    } else {
      out.addAll(ids);
    }
  }

  @Override
  public final int[] encode(MarkedText marked) {
    String text = marked.text();
    Ids out = new Ids(text.length() / 4);
    Merger merger = merger();
    boolean afterControl = true;
    int from = 0;
    int i = 0;
    while (i < text.length()) {
      AddedTokens.Match match = added.at(marked, i);
      if (match == null) {
        i++;
        continue;
      }
      if (i > from) {
        segment(text, from, i, afterControl, merger, out);
      }
      out.add(match.id());
      afterControl = isControl(match.id());
      i = match.end();
      from = i;
    }
    if (i > from) {
      segment(text, from, i, afterControl, merger, out);
    }
    return out.from(0);
  }

  @Override
  public final int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public final byte[] bytes(int id) {
    return bytes.apply(Objects.checkIndex(id, vocabulary.size())).clone();
  }

  @Override
  public final int paddingStart() {
    int start = vocabulary.size();
    while (start > 1 && vocabulary.type(start - 1) == TokenType.UNUSED) {
      start--;
    }
    return start;
  }

  @Override
  public final String piece(int id) {
    return vocabulary.piece(Objects.checkIndex(id, vocabulary.size()));
  }

  /** Also true for padding and the unknown token: neither is ever shown. */
  @Override
  public final boolean isControl(int id) {
    return isHidden(vocabulary.type(Objects.checkIndex(id, vocabulary.size())));
  }

  static boolean isHidden(TokenType type) {
    return switch (type) {
      case CONTROL, UNKNOWN, UNUSED -> true;
      case NORMAL, USER_DEFINED, BYTE -> false;
    };
  }

  @Override
  public final OptionalInt begin() {
    return special.begin();
  }

  @Override
  public final OptionalInt appended() {
    return special.appended();
  }

  @Override
  public final Set<Integer> ends() {
    return special.ends();
  }

  @Override
  public final OptionalInt id(String piece) {
    int id = vocabulary.find(piece);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
