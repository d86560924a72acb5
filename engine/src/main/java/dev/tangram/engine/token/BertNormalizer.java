package dev.tangram.engine.token;

import java.text.Normalizer;

/**
 * What BERT does to a text before it is cut: control characters go, all white space is a space,
 * accents go, capitals are lowered. One code point at a time, so that a text costs linear time
 * whatever it is; marks that stay are therefore not brought into Unicode's canonical order.
 *
 * @param cleans drop control characters and unify white space
 * @param spacesHan put spaces around Chinese characters
 * @param stripsAccents decompose and drop the marks
 */
record BertNormalizer(boolean cleans, boolean spacesHan, boolean stripsAccents, boolean lowers) {
  /** Takes what normalisation leaves. */
  interface Sink {
    void put(int codePoint);
  }

  /** Normalises text[from, to) into the sink. */
  void run(String text, int from, int to, Sink sink) {
    for (int i = from; i < to; ) {
      int c = text.codePointAt(i);
      // A pair may not reach beyond the end of the segment.
      int next = i + Character.charCount(c);
      if (next > to) {
        c = text.charAt(i);
        next = i + 1;
      }
      i = next;
      one(c >= 0xD800 && c <= 0xDFFF ? Utf8.REPLACEMENT : c, sink);
    }
  }

  private void one(int c, Sink sink) {
    if (cleans && c != '\t' && c != '\n' && c != '\r' && isDropped(c)) {
      return;
    }
    if (cleans && BertText.isSpace(c)) {
      sink.put(' ');
    } else if (spacesHan && BertText.isHan(c)) {
      sink.put(' ');
      decomposed(c, sink);
      sink.put(' ');
    } else {
      decomposed(c, sink);
    }
  }

  private static boolean isDropped(int c) {
    return c == 0 || c == Utf8.REPLACEMENT || BertText.isControl(c);
  }

  private void decomposed(int c, Sink sink) {
    if (!stripsAccents || c < 0xC0 || c >= 0x4E00 && c < 0xA000) {
      lowered(c, sink);
      return;
    }
    String parts = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD);
    parts
        .codePoints()
        .filter(part -> Character.getType(part) != Character.NON_SPACING_MARK)
        .forEach(part -> lowered(part, sink));
  }

  private void lowered(int c, Sink sink) {
    if (!lowers) {
      sink.put(c);
    } else if (c == 0x130) {
      // The one capital whose small form is two code points.
      sink.put('i');
      sink.put(0x307);
    } else {
      sink.put(Character.toLowerCase(c));
    }
  }
}
