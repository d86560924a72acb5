package dev.tangram.engine.file.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Documents of JSON made wrong: numbers at their limits, values of other kinds, members twice or
 * gone, truncation, flipped bits, splices. The same seed and number give the same mutant.
 */
public final class JsonMutants {
  private static final String[] NUMBERS = {
    "0",
    "1",
    "-1",
    "2147483647",
    "2147483648",
    "4294967295",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "-9223372036854775808",
    "1e999",
    "-1e999",
    "0.5",
    "1e-400",
    "1e15",
    "3",
    "7",
    "1024",
    "1048577"
  };
  private static final String[] VALUES = {
    "null",
    "true",
    "false",
    "{}",
    "[]",
    "\"\"",
    "\"x\"",
    "[[[]]]",
    "{\"a\":null}",
    "[1,2,3]",
    "-0",
    "NaN",
    "\"\\u0000\\n\\u202e\"",
    "\"\\ud83d\"",
    "[\"a\",\"b\"]"
  };

  private record Sample(byte[] bytes, List<int[]> literals) {}

  private final List<Sample> samples = new ArrayList<>();
  private final long seed;

  public JsonMutants(List<byte[]> documents, long seed) {
    documents.forEach(bytes -> samples.add(new Sample(bytes, literals(bytes))));
    this.seed = seed;
  }

  /** The mutant of a number; all of one number in turn are of another sample. */
  public byte[] mutant(int number) {
    SplittableRandom random = new SplittableRandom(seed + 31L * number);
    Sample sample = samples.get(number % samples.size());
    byte[] bytes = sample.bytes();
    List<int[]> literals = sample.literals();
    for (int changes = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1; changes > 0; changes--) {
      bytes = change(bytes, literals, random);
      literals = changes > 1 ? literals(bytes) : literals;
    }
    return bytes;
  }

  private byte[] change(byte[] bytes, List<int[]> literals, SplittableRandom random) {
    if (bytes.length < 4 || literals.isEmpty()) {
      return bytes;
    }
    int[] literal = literals.get(random.nextInt(literals.size()));
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> replace(bytes, literal, number(bytes, literal, random));
      case 4, 5 -> replace(bytes, literal, VALUES[random.nextInt(VALUES.length)]);
      case 6 -> {
        int[] other = literals.get(random.nextInt(literals.size()));
        yield replace(bytes, literal, text(bytes, other));
      }
      case 7 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 8 -> {
        byte[] flipped = bytes.clone();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
          flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        yield flipped;
      }
      case 9 -> {
        byte[] other = samples.get(random.nextInt(samples.size())).bytes();
        int from = random.nextInt(other.length);
        int to = Math.min(other.length, from + random.nextInt(200));
        int at = random.nextInt(bytes.length);
        yield splice(bytes, at, at, Arrays.copyOfRange(other, from, to));
      }
      case 10 -> {
        // A run between two commas twice, or not at all.
        int at = comma(bytes, random.nextInt(bytes.length));
        int end = comma(bytes, at + 1);
        byte[] run = Arrays.copyOfRange(bytes, at, end);
        yield random.nextBoolean()
            ? splice(bytes, at, at, run)
            : splice(bytes, at, end, new byte[0]);
      }
      default ->
          replace(
              bytes,
              literal,
              random.nextInt(20) == 0
                  ? "[".repeat(10_000)
                  : "\"" + "y".repeat(random.nextInt(400)) + "\"");
    };
  }

  private static String number(byte[] bytes, int[] literal, SplittableRandom random) {
    String text = text(bytes, literal);
    if (random.nextBoolean() && text.matches("-?[0-9]{1,17}")) {
      long value = Long.parseLong(text);
      long[] near = {value + 1, value - 1, 2 * value, value / 2, -value};
      return Long.toString(near[random.nextInt(near.length)]);
    }
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private static int comma(byte[] bytes, int from) {
    int at = Math.min(from, bytes.length);
    while (at < bytes.length && bytes[at] != ',') {
      at++;
    }
    return at;
  }

  private static String text(byte[] bytes, int[] literal) {
    return new String(bytes, literal[0], literal[1] - literal[0], StandardCharsets.UTF_8);
  }

  private static byte[] replace(byte[] bytes, int[] literal, String by) {
    return splice(bytes, literal[0], literal[1], by.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] by) {
    byte[] spliced = Arrays.copyOf(bytes, bytes.length - (to - from) + by.length);
    System.arraycopy(by, 0, spliced, from, by.length);
    System.arraycopy(bytes, to, spliced, from + by.length, bytes.length - to);
    return spliced;
  }

  /** Where strings, numbers and words are. */
  private static List<int[]> literals(byte[] bytes) {
    List<int[]> found = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int from = at;
      byte b = bytes[at++];
      if (b == '"') {
        while (at < bytes.length && bytes[at] != '"') {
          at += bytes[at] == '\\' ? 2 : 1;
        }
        at = Math.min(bytes.length, at + 1);
        found.add(new int[] {from, at});
      } else if (b == '-' || b == '+' || b == '.' || Character.isLetterOrDigit(b)) {
        while (at < bytes.length
            && (bytes[at] == '-'
                || bytes[at] == '+'
                || bytes[at] == '.'
                || Character.isLetterOrDigit(bytes[at]))) {
          at++;
        }
        found.add(new int[] {from, at});
      }
    }
    return found;
  }
}
