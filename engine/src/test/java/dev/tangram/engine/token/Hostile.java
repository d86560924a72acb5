package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The texts of RQ-3, one megabyte of UTF-8 each, and what must hold for them. */
final class Hostile {
  static final int BYTES = 1_000_000;
  private static final int ROUNDS = 2;
  private static final double MILLIS_MAX = 500;
  private static final double RATIO_MAX = 2.6;

  /**
   * A faster megabyte cannot be quadratic (that is 10^12 steps), and the ratio of two such times is
   * mostly noise of the machine.
   */
  private static final double RATIO_FROM_MILLIS = 30;

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
    units.put("random letters", letters(50_000));
    units.put("random words of Chinese", hanzi(20_000));
    return units;
  }

  private static String letters(int length) {
    StringBuilder letters = new StringBuilder();
    new SplittableRandom(7).ints(length, 'a', 'z' + 1).forEach(letters::appendCodePoint);
    return letters.toString();
  }

  private static String hanzi(int length) {
    StringBuilder hanzi = new StringBuilder();
    new SplittableRandom(8).ints(length, 0x4E00, 0x5200).forEach(hanzi::appendCodePoint);
    return hanzi.toString();
  }

  /** About {@code bytes} bytes of a unit again and again. */
  static String text(String unit, int bytes) {
    return unit.repeat(Math.max(1, bytes / unit.getBytes(StandardCharsets.UTF_8).length));
  }

  /**
   * Checks one unit: that a virtual thread can encode it, that decoding gives the text back, the
   * time and its growth.
   */
  static void check(String name, String unit, Tokenizer tokenizer, boolean composed) {
    MarkedText whole = MarkedText.plain(text(unit, BYTES));
    int[] ids = encodeOnVirtualThread(name, tokenizer, whole);
    String expected = composed ? composedWhereShort(whole.text()) : whole.text();
    // Not isEqualTo: its message would be two megabytes.
    assertThat(TokenStream.decode(tokenizer, ids).equals(expected)).as("%s back", name).isTrue();
    time(name, tokenizer, whole, MarkedText.plain(text(unit, BYTES / 2)));
  }

  private static int[] encodeOnVirtualThread(String name, Tokenizer tokenizer, MarkedText text) {
    FutureTask<int[]> task = new FutureTask<>(() -> tokenizer.encode(text));
    Thread.ofVirtual().start(task);
    try {
      return task.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(name, e);
    }
  }

  /** Times a text and one of half its length; fails if either limit is passed. */
  static void time(String name, Tokenizer tokenizer, MarkedText whole, MarkedText half) {
    double wholeMillis = Double.MAX_VALUE;
    double halfMillis = Double.MAX_VALUE;
    double ratio = RATIO_MAX;
    // Warming up and a busy machine only ever add time, so the least of several rounds counts.
    boolean slow = true;
    for (int round = 0; round < ROUNDS || slow && round < 10 * ROUNDS; round++) {
      halfMillis = Math.min(halfMillis, millis(tokenizer, half));
      wholeMillis = Math.min(wholeMillis, millis(tokenizer, whole));
      ratio = wholeMillis < RATIO_FROM_MILLIS ? 0 : wholeMillis / halfMillis;
      slow = wholeMillis >= MILLIS_MAX || ratio >= RATIO_MAX;
    }
    String line = "%s: %.1f ms, time(2n)/time(n) = %.2f".formatted(name, wholeMillis, ratio);
    assertThat(slow).as(line).isFalse();
  }

  private static double millis(Tokenizer tokenizer, MarkedText text) {
    long start = CpuClock.nanos();
    tokenizer.encode(text);
    return (CpuClock.nanos() - start) / 1e6;
  }

  /** NFC by the book, unless the text is one long run of marks, which is left as it is. */
  private static String composedWhereShort(String text) {
    boolean onlyMarks = text.codePoints().allMatch(c -> CharClass.of(c) == CharClass.MARK);
    return onlyMarks ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
  }
}
