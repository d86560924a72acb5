package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.gguf.Sample.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A numbered, reproducible row of damaged files. First come the systematic ones, which do not
 * depend on the seed: every integer field with every boundary value, and every truncation; then
 * random ones up to the wanted number.
 */
final class Mutants {
  /**
   * One damaged file.
   *
   * @param how what was done, for people
   */
  record Mutant(Sample sample, String how, byte[] bytes) {}

  /** Values that {@link #boundary} knows. */
  private static final int BOUNDARIES = 14;

  private static final int TRUNCATIONS_MAX = 8 << 10;
  private static final byte[][] NOT_UTF8 = {
    {(byte) 0xFF},
    {(byte) 0xC0, (byte) 0x80},
    {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
    {(byte) 0x80},
    {(byte) 0xE2, 0x28},
    {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
    {(byte) 0xF0, (byte) 0x80, (byte) 0x80, (byte) 0x80}
  };
  private static final long[] ALIGNMENTS = {
    0, 3, 1L << 31, 1, 8, 16, 64, 4096, 1L << 17, -8, 0xFFFF_FFFFL
  };
  private static final double[] REALS = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    0,
    -0.0,
    -1,
    1e-30,
    1e30,
    Float.MAX_VALUE,
    Float.MIN_VALUE
  };

  private final List<Sample> samples;
  private final List<Sample> models;
  private final long seed;

  /** starts[i]: the number of the first systematic mutant of sample i. */
  private final int[] starts;

  Mutants(List<Sample> samples, long seed) {
    this.samples = samples;
    this.models = samples.stream().filter(Sample::isModel).toList();
    this.seed = seed;
    this.starts = new int[samples.size() + 1];
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      starts[i + 1] = starts[i] + truncations(sample) + sample.numbers().size() * BOUNDARIES;
    }
  }

  /** How many come before the random ones. */
  int systematic() {
    return starts[samples.size()];
  }

  Mutant mutant(int number) {
    if (number >= systematic()) {
      return random(number);
    }
    int index = Arrays.binarySearch(starts, number);
    index = index >= 0 ? index : -index - 2;
    Sample sample = samples.get(index);
    int step = number - starts[index];
    if (step < truncations(sample)) {
      return new Mutant(sample, "cut to " + step, Arrays.copyOf(sample.bytes(), step));
    }
    step -= truncations(sample);
    Field field = sample.numbers().get(step / BOUNDARIES);
    byte[] bytes = sample.bytes().clone();
    long value =
        boundary(
            read(bytes, field), step % BOUNDARIES, bytes.length - field.offset() - field.length());
    write(bytes, field, value);
    return new Mutant(
        sample, "%s at %d set to %d".formatted(field.what(), field.offset(), value), bytes);
  }

  private static int truncations(Sample sample) {
    return Math.min(sample.bytes().length, TRUNCATIONS_MAX);
  }

  private static long boundary(long value, int which, long remaining) {
    return switch (which) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> -1;
      case 3 -> value + 1;
      case 4 -> value - 1;
      case 5 -> value * 2;
      case 6 -> (1L << 31) - 1;
      case 7 -> 1L << 31;
      case 8 -> (1L << 32) - 1;
      case 9 -> Long.MAX_VALUE;
      case 10 -> Long.MIN_VALUE;
      case 11 -> remaining;
      case 12 -> remaining + 1;
      default -> value + (1L << 32);
    };
  }

  private Mutant random(int number) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + number);
    List<Sample> among = random.nextInt(16) == 0 ? models : samples;
    Sample sample = among.get(random.nextInt(among.size()));
    byte[] bytes = sample.bytes().clone();
    StringBuilder how = new StringBuilder();
    // Later changes of a stack still use the places of the unchanged file, so they hit anything.
    for (int changes = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1; changes > 0; changes--) {
      bytes = change(sample, bytes, random, how.append(how.isEmpty() ? "" : ", "));
    }
    return new Mutant(sample, how.toString(), bytes);
  }

  private byte[] change(Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    return switch (random.nextInt(10)) {
      case 0, 1 -> flip(sample, bytes, random, how);
      case 2, 3 -> splice(bytes, random, how);
      case 4 -> rename(sample, bytes, random, how);
      case 5 -> move(sample, bytes, random, how);
      case 6 -> realign(sample, bytes, random, how);
      case 7 -> nest(sample, bytes, random, how);
      case 8 -> garble(sample, bytes, random, how);
      default -> value(sample, bytes, random, how);
    };
  }

  private static byte[] flip(
      Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    int range =
        random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, sample.headerBytes());
    int flips = 1 + random.nextInt(8);
    how.append("flip");
    for (int i = 0; i < flips && range > 0; i++) {
      int at = random.nextInt(range);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      how.append(' ').append(at);
    }
    return bytes;
  }

  /** Puts a piece of some file over, into, or in the place of a piece of this one. */
  private byte[] splice(byte[] bytes, SplittableRandom random, StringBuilder how) {
    byte[] donor = samples.get(random.nextInt(samples.size())).bytes();
    int from = random.nextInt(donor.length);
    byte[] piece =
        Arrays.copyOfRange(
            donor, from, from + random.nextInt(Math.min(256, donor.length - from) + 1));
    int at = random.nextInt(bytes.length + 1);
    int removed =
        random.nextBoolean()
            ? Math.min(piece.length, bytes.length - at)
            : random.nextInt(Math.min(64, bytes.length - at) + 1);
    how.append("splice ")
        .append(piece.length)
        .append(" for ")
        .append(removed)
        .append(" at ")
        .append(at);
    return replace(bytes, at, removed, piece);
  }

  /** Gives one key or tensor the name of another. */
  private static byte[] rename(
      Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    List<Field> names =
        new ArrayList<>(sample.all(sample.texts(), random.nextBoolean() ? "key" : "tensor"));
    if (names.size() < 2) {
      return bytes;
    }
    Field one = names.remove(random.nextInt(names.size()));
    Field other = names.get(random.nextInt(names.size()));
    how.append("name at ").append(one.offset()).append(" from ").append(other.offset());
    byte[] name =
        Arrays.copyOfRange(sample.bytes(), other.offset(), other.offset() + other.length());
    return replace(bytes, one.offset(), one.length(), name);
  }

  /** Moves a tensor onto another, off its alignment, or away. */
  private static byte[] move(
      Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    List<Field> offsets = sample.all(sample.numbers(), "offset");
    if (offsets.isEmpty()) {
      return bytes;
    }
    Field one = offsets.get(random.nextInt(offsets.size()));
    long old = read(sample.bytes(), one);
    long moved =
        switch (random.nextInt(4)) {
          case 0 -> read(sample.bytes(), offsets.get(random.nextInt(offsets.size())));
          case 1 -> old + random.nextInt(-8, 9);
          case 2 -> old + 32L * random.nextInt(-4, 5);
          default -> random.nextLong() >>> random.nextInt(64);
        };
    how.append("offset at ").append(one.offset()).append(" set to ").append(moved);
    return write(bytes, one, moved);
  }

  /** Inserts a pair in front that sets the alignment (and counts it). */
  private static byte[] realign(
      Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    long alignment = ALIGNMENTS[random.nextInt(ALIGNMENTS.length)];
    how.append("alignment ").append(alignment);
    RawGguf pair = new RawGguf();
    if (random.nextBoolean()) {
      pair.key("general.alignment", ValueType.U32).u32(alignment);
    } else {
      pair.key("general.alignment", ValueType.I64).u64(alignment);
    }
    return insertPair(sample, bytes, pair);
  }

  private static byte[] nest(
      Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    int depth = random.nextInt(5) == 0 ? 10_000 : 1 + random.nextInt(6);
    long width = random.nextInt(3) == 0 ? random.nextLong() >>> random.nextInt(64) : 1;
    how.append("arrays ").append(depth).append(" deep, ").append(width).append(" wide");
    RawGguf pair = new RawGguf().key("nested", ValueType.ARRAY);
    for (int i = 1; i < depth; i++) {
      pair.u32(ValueType.ARRAY.ordinal()).u64(width);
    }
    return insertPair(sample, bytes, pair.u32(0).u64(1).u8(7));
  }

  private static byte[] insertPair(Sample sample, byte[] bytes, RawGguf pair) {
    if (sample.pairs().isEmpty() || bytes.length < 24) {
      return bytes;
    }
    Field count = sample.all(sample.numbers(), "pair count").getFirst();
    write(bytes, count, read(bytes, count) + 1);
    return replace(bytes, Math.min(bytes.length, 24), 0, pair.toBytes());
  }

  private static byte[] garble(
      Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    if (sample.texts().isEmpty()) {
      return bytes;
    }
    Field text = sample.texts().get(random.nextInt(sample.texts().size()));
    byte[] wrong = NOT_UTF8[random.nextInt(NOT_UTF8.length)];
    int room = text.length() - 8 - wrong.length;
    if (room < 0 || text.offset() + text.length() > bytes.length) {
      return bytes;
    }
    int at = text.offset() + 8 + random.nextInt(room + 1);
    how.append("no UTF-8 at ").append(at);
    System.arraycopy(wrong, 0, bytes, at, wrong.length);
    return bytes;
  }

  /** A floating value, or an integer of the metadata, or a whole float of the data. */
  private static byte[] value(
      Sample sample, byte[] bytes, SplittableRandom random, StringBuilder how) {
    double real = REALS[random.nextInt(REALS.length)];
    List<Field> values = sample.all(sample.numbers(), "value");
    Field field;
    if (!sample.reals().isEmpty() && random.nextBoolean()) {
      field = sample.reals().get(random.nextInt(sample.reals().size()));
    } else if (!values.isEmpty() && random.nextBoolean()) {
      field = values.get(random.nextInt(values.size()));
      long small = random.nextLong(-2, 300);
      how.append("value at ").append(field.offset()).append(" set to ").append(small);
      return write(bytes, field, small);
    } else {
      int room = sample.bytes().length - sample.headerBytes() - 4;
      if (room <= 0) {
        return bytes;
      }
      field =
          new Field(
              "data", sample.headerBytes() + random.nextInt(room), random.nextBoolean() ? 2 : 4);
    }
    how.append(field.what()).append(" at ").append(field.offset()).append(" set to ").append(real);
    return switch (field.length()) {
      case 2 -> write(bytes, field, Float.floatToFloat16((float) real));
      case 4 -> write(bytes, field, Float.floatToRawIntBits((float) real));
      default -> write(bytes, field, Double.doubleToRawLongBits(real));
    };
  }

  private static byte[] replace(byte[] bytes, int at, int removed, byte[] piece) {
    int start = Math.min(at, bytes.length);
    int rest = Math.min(start + removed, bytes.length);
    return ByteBuffer.allocate(start + piece.length + bytes.length - rest)
        .put(bytes, 0, start)
        .put(piece)
        .put(bytes, rest, bytes.length - rest)
        .array();
  }

  private static long read(byte[] bytes, Field field) {
    long value = 0;
    for (int i = 0; i < field.length() && field.offset() + i < bytes.length; i++) {
      value |= (bytes[field.offset() + i] & 0xFFL) << (8 * i);
    }
    return value;
  }

  private static byte[] write(byte[] bytes, Field field, long value) {
    for (int i = 0; i < field.length() && field.offset() + i < bytes.length; i++) {
      bytes[field.offset() + i] = (byte) (value >>> (8 * i));
    }
    return bytes;
  }
}
