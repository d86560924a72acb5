package dev.tangram.engine.reply;

/** Looks for tags in text that is still coming. */
final class Tags {
  private Tags() {}

  /** Whether {@code tag} stands at {@code at}. */
  static boolean isAt(CharSequence text, int at, String tag) {
    return text.length() - at >= tag.length() && matches(text, at, tag, tag.length());
  }

  /**
   * Whether the text from {@code at} to its end is a beginning of {@code tag}, but not all of it.
   */
  static boolean beginsAt(CharSequence text, int at, String tag) {
    int length = text.length() - at;
    return length < tag.length() && matches(text, at, tag, length);
  }

  private static boolean matches(CharSequence text, int at, String tag, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(at + i) != tag.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Where the longest end of the text begins that may become {@code tag}; its length if none. */
  static int partial(CharSequence text, String tag) {
    int at = Math.max(0, text.length() - tag.length() + 1);
    while (at < text.length() && !beginsAt(text, at, tag)) {
      at++;
    }
    return at;
  }
}
