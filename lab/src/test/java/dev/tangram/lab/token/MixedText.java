package dev.tangram.lab.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Text of all kinds in one: prose of many scripts, code, emoji, digits, white space of every sort,
 * combining marks in either order, and code points that are assigned to nothing. Always well-formed
 * UTF-16, because the reference takes UTF-8.
 */
final class MixedText {
  private static final String[] PARTS = {
    "The quick brown fox, isn't it? I'LL say we\u2019ve DON'T. ",
    "\u6df1\u5ea6\u5b66\u4e60\u662f\u673a\u5668\u5b66\u4e60\u7684\u5206\u652f\u3002\u4f60\u597d\uff0c\u4e16\u754c\uff01",
    "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3067\u3059\u3002\u30ab\u30bf\u30ab\u30ca\u3082\u3042\u308b\u3002",
    "\ud55c\uad6d\uc5b4 \ubb38\uc7a5\uc785\ub2c8\ub2e4. ",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645\u060c \u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f ",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd ",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u00c7a va? Stra\u00dfe na\u00efve caf\u00e9 ",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e ",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01 ",
    "for (int i = 0; i < n; i++) {\n\t\tx[i] += y[i] * 0x1F; // sum\n}\n",
    "def f(self, **kw):\n    return {k: v for k, v in kw.items() if v is not None}\n\n",
    "{\"a\": [1, 2.5e-3, null], \"b\\n\": \"\\u0041\"}\r\n",
    "\ud83d\ude00\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67\ud83c\uddeb\ud83c\uddf7\u2764\ufe0f\ud83d\udc4d\ud83c\udffd ",
    "1234567890 3.14159 \u0661\u0662\u0663 \u00bd \u2167 10,000.00 ",
    "   \t \u00a0\u3000\u2003 \n\n\n  \r\n \u2028\u0085 \u200b\ufeff ",
    "e\u0301 \u00e9 a\u0323\u0307 a\u0307\u0323 \u1e9b\u0323 \ud834\udd1e \u212b \ufb01 \u01c5 ",
    "\u0000\u0001\u007f\u0080\ufffd\uffff\ue000\udbff\udfff\u0378 ",
    "a'b''s'S'T \u017fs'\u017f !!??...---===### <|not_special|> <think >",
  };

  private MixedText() {}

  /**
   * Pieces of a few hundred characters, {@code characters} together at least.
   *
   * @param wild code points of any kind among them, also such as nothing is assigned to
   */
  static List<String> pieces(int characters, long seed, boolean wild) {
    Random random = new Random(seed);
    List<String> pieces = new ArrayList<>();
    for (int made = 0; made < characters; made += pieces.getLast().length()) {
      StringBuilder piece = new StringBuilder();
      int length = 100 + random.nextInt(600);
      while (piece.length() < length) {
        part(piece, random, wild);
      }
      pieces.add(piece.toString());
    }
    return pieces;
  }

  private static void part(StringBuilder piece, Random random, boolean wild) {
    switch (wild ? random.nextInt(8) : 2 + random.nextInt(6)) {
      case 0 -> {
        int c = random.nextInt(0x110000);
        piece.appendCodePoint(isKnown(c) ? c : 0xfffd);
      }
      case 1 -> {
        int c = random.nextInt(0x3000) + 32;
        piece.appendCodePoint(isKnown(c) ? c : 0xfffd);
      }
      case 2, 3 -> {
        String part = PARTS[random.nextInt(PARTS.length)];
        int from =
            part.offsetByCodePoints(0, random.nextInt(part.codePointCount(0, part.length())));
        piece.append(part, from, part.length());
      }
      default -> piece.append(PARTS[random.nextInt(PARTS.length)]);
    }
  }

  /**
   * Not half of a pair, and no mark of a script: which marks change places when text is composed
   * depends on the version of Unicode, and the reference's tables are some years old.
   */
  private static boolean isKnown(int c) {
    boolean mark =
        Character.getType(c) == Character.NON_SPACING_MARK
            || Character.getType(c) == Character.COMBINING_SPACING_MARK;
    return (c < 0xd800 || c >= 0xe000) && (!mark || c < 0x370);
  }
}
