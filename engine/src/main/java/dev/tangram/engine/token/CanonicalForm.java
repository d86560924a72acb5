package dev.tangram.engine.token;

import java.text.Normalizer;

/**
 * Unicode's composed form NFC in linear time. {@link Normalizer} sorts a run of combining marks by
 * insertion, so a megabyte of them would take hours; a run of more than {@link #MARKS_MAX} is
 * therefore left as it is. (Unicode's own limit for text in interchange is 30, UAX #15.)
 */
final class CanonicalForm {
  static final int MARKS_MAX = 128;

  /** Everything below is in NFC already. */
  private static final char FIRST_THAT_MAY_CHANGE = '\u0300';

  private CanonicalForm() {}

  static String of(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) < FIRST_THAT_MAY_CHANGE) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder composed = new StringBuilder(text.length());
    int from = 0;
    while (i < text.length()) {
      int end = Scan.runOf(text, i, text.length(), CharClass.MARK);
      if (end - i > MARKS_MAX) {
        composed.append(Normalizer.normalize(text.substring(from, i), Normalizer.Form.NFC));
        composed.append(text, i, end);
        from = end;
      }
      i = end == i ? i + 1 : end;
    }
    if (from == 0) {
      return Normalizer.normalize(text, Normalizer.Form.NFC);
    }
    return composed
        .append(Normalizer.normalize(text.substring(from), Normalizer.Form.NFC))
        .toString();
  }
}
