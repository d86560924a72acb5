package dev.tangram.server.observe;

/** Text of strangers, made fit for one line of a log. */
public final class LogText {
  private static final int CHARS_MAX = 200;

  private LogText() {}

  /** Escapes everything but printable ASCII and cuts what is long. */
  public static String clean(String text) {
    if (text == null) {
      return "-";
    }
    var out = new StringBuilder(Math.min(text.length(), CHARS_MAX) + 16);
    for (int i = 0; i < text.length(); i++) {
      if (i == CHARS_MAX) {
        return out.append("...(").append(text.length()).append(" characters)").toString();
      }
      char c = text.charAt(i);
      if (c >= 32 && c < 127 && c != '\\') {
        out.append(c);
      } else {
        out.append("\\u%04x".formatted((int) c));
      }
    }
    return out.toString();
  }
}
