package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** The texts of RQ-3, one megabyte of UTF-8 each, and what must hold for them. */
final class Hostile {
  static final int BYTES = 1_000_000;
  private static final int ROUNDS = 3;
  private static final double MILLIS_MAX = 500;
  private static final double RATIO_MAX = 2.6;

  private Hostile() {}

  static Map<String, String> units() {
    Map<String, String> units = new LinkedHashMap<>();
    units.put("one character", "a");
    units.put("alternating", "ab");
    units.put("combining marks of one class", "\u0301");
    units.put("combining marks out of order", "\u0301\u0316");
    units.put("letters with two marks", "e\u0316\u0301");
    units.put("letters with 100 marks", "e" + "\u0301\u0316".repeat(50));
    units.put("jamo", "\u1100\u1161");
    units.put("vowel jamo", "\u1161");
    units.put("vowel signs", "\u09BE");
    units.put("spaces", " ");
    units.put("line breaks", "\n");
    units.put("spaces and line breaks", " \n");
    units.put("tabs and spaces", "\t ");
    units.put("digits", "7");
    units.put("emoji joined", "\uD83D\uDC69\u200D");
    units.put("punctuation", "!");
    units.put("apostrophes", "'");
    units.put("beginnings of control tokens", "<|im_star");
    units.put("control tokens", "<|im_start|>");
    units.put("Chinese", "\u4F60\u597D");
    units.put("rare characters", "\uD808\uDC00");
    return units;
  }

  /** About {@code bytes} bytes of a unit again and again. */
  static String text(String unit, int bytes) {
    return unit.repeat(Math.max(1, bytes / unit.getBytes(StandardCharsets.UTF_8).length));
  }

  /**
   * Checks one unit on a virtual thread: time, growth of time, and that decoding gives the text back.
   *
   * @return a line of figures
   */
  static String check(String name, String unit, Tokenizer tokenizer, boolean composed) {
    AtomicReference<String> line = new AtomicReference<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .uncaughtExceptionHandler((t, e) -> failure.set(e))
            .start(() -> line.set(checkHere(name, unit, tokenizer, composed)));
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (failure.get() != null) {
      throw new AssertionError(name + ": " + failure.get(), failure.get());
    }
    return line.get();
  }

  private static String checkHere(
      String name, String unit, Tokenizer tokenizer, boolean composed) {
    MarkedText whole = MarkedText.plain(text(unit, BYTES));
    MarkedText half = MarkedText.plain(text(unit, BYTES / 2));
    int[] ids = tokenizer.encode(whole);
    String expected = composed ? composedWhereShort(whole.text()) : whole.text();
    // Not isEqualTo: its message would be two megabytes.
    assertThat(TokenStream.decode(tokenizer, ids).equals(expected)).as("%s back", name).isTrue();
    double wholeMillis = Double.MAX_VALUE;
    double ratio = Double.MAX_VALUE;
    double halfMillis = Double.MAX_VALUE;
    // A busy machine only ever adds time, so the least of several rounds is the measure.
    for (int round = 0; round < ROUNDS || ratio > RATIO_MAX && round < 4 * ROUNDS; round++) {
      halfMillis = Math.min(halfMillis, millis(tokenizer, half));
      wholeMillis = Math.min(wholeMillis, millis(tokenizer, whole));
      ratio = wholeMillis / halfMillis;
    }
    String line =
        "%-30s %8d ids %7.1f ms, time(2n)/time(n) = %.2f"
            .formatted(name, ids.length, wholeMillis, ratio);
    assertThat(wholeMillis).as(line).isLessThan(MILLIS_MAX);
    assertThat(ratio).as(line).isLessThan(RATIO_MAX);
    return line;
  }

  private static double millis(Tokenizer tokenizer, MarkedText text) {
    long start = System.nanoTime();
    tokenizer.encode(text);
    return (System.nanoTime() - start) / 1e6;
  }

  /** NFC by the book, unless the text is one long run of marks, which is left as it is. */
  private static String composedWhereShort(String text) {
    boolean onlyMarks = text.codePoints().allMatch(c -> CharClass.of(c) == CharClass.MARK);
    return onlyMarks ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
  }
}
