package dev.tangram.engine.token;

import java.util.random.RandomGenerator;

/** Random texts of the kind that tokenizers get wrong. */
final class Texts {
  private static final String[] PARTS = {
    "a",
    "b",
    "s",
    "S",
    "t",
    "T",
    "re",
    "Ve",
    "m",
    "ll",
    "LL",
    "d",
    "'",
    "''",
    "\u2019",
    "\u017F",
    "x",
    "word",
    " ",
    "  ",
    "     ",
    "\n",
    "\r",
    "\r\n",
    "\n\n\n",
    "\t",
    "\u000B",
    "\f",
    "\u00A0",
    "\u3000",
    "\u0085",
    "\u2028",
    "\u1680",
    "\u200B",
    "\u001C",
    "\u180E",
    "0",
    "7",
    "42",
    "12345",
    "\u0661",
    "\u00BD",
    "\u2167",
    "\u00E9",
    "e\u0301",
    "\u0301",
    "\u0316\u0301",
    "\u0301\u0316",
    "\u20DD",
    "\u00DF",
    "\u4E16",
    "\u754C",
    "\u0928",
    "\u092E\u0938\u094D",
    "\u093E",
    "\uD83D\uDE42",
    "\uD83D\uDC69\u200D\uD83D\uDC69",
    "\u200D",
    "\uD800",
    "\uDC00",
    "\uD835\uDFD8",
    "\uD801\uDC00",
    "<",
    "|",
    ">",
    "!",
    "...",
    "\u2014",
    "\u2581",
    "\u1100\u1161",
    "\u1100",
    "\u1161",
    "\u11A8",
    "\u212B",
    "\uFFFD",
    "\u0000",
    "\u0344",
    "<|im_start|>",
    "<|im",
    "<|im_end|",
    "<think>",
    "</tool_call>",
    "[x]",
  };

  private Texts() {}

  /** Up to {@code partsMax} parts; lone surrogates and any code point may occur. */
  static String any(RandomGenerator random, int partsMax) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(partsMax + 1); n > 0; n--) {
      if (random.nextInt(8) == 0) {
        text.appendCodePoint(random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000));
      } else {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      }
    }
    return text.toString();
  }

  /** As {@link #any}, each surrogate with its partner. */
  static String wellFormed(RandomGenerator random, int partsMax) {
    StringBuilder text = new StringBuilder();
    any(random, partsMax)
        .codePoints()
        .filter(c -> c < 0xD800 || c > 0xDFFF)
        .forEach(text::appendCodePoint);
    return text.toString();
  }

  /** A readable form for failure messages. */
  static String show(String text) {
    StringBuilder shown = new StringBuilder("\"");
    text.chars()
        .forEach(c -> shown.append(c > 32 && c < 127 ? (char) c + "" : "\\u%04X".formatted(c)));
    return shown.append('"').toString();
  }
}
