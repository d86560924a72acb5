package dev.tangram.engine.file.gguf;

/** Untrusted text made fit for a message: one line, no control characters, not long. */
public final class Show {
  private static final int CHARACTERS_MAX = 80;

  private Show() {}

  public static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    int length = Math.min(text.length(), CHARACTERS_MAX);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      // Bidirectional and other format controls could make a log line read as something else.
      if (Character.isISOControl(c)
          || Character.getType(c) == Character.FORMAT
          || c == '\u2028'
          || c == '\u2029') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append(length < text.length() ? "...\"" : "\"").toString();
  }
}
