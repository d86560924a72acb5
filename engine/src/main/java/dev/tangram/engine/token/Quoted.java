package dev.tangram.engine.token;

/**
 * Text of a file as error messages show it: in quotes, without control characters, and not endless.
 */
final class Quoted {
  private static final int LENGTH_MAX = 60;

  private Quoted() {}

  static String of(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), LENGTH_MAX); i++) {
      char c = text.charAt(i);
      boolean plain = !Character.isISOControl(c) && c != '\u2028' && c != '\u2029';
      quoted.append(plain ? Character.toString(c) : "\\u%04X".formatted((int) c));
    }
    quoted.append('"');
    return text.length() <= LENGTH_MAX
        ? quoted.toString()
        : quoted + " and " + (text.length() - LENGTH_MAX) + " more characters";
  }
}
