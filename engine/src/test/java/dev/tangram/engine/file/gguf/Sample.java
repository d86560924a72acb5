package dev.tangram.engine.file.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A valid file and where in it everything is, found by walking it without the reader under test.
 *
 * @param numbers every integer of the layout and every integer value; of long arrays only the ends
 * @param reals every floating value, likewise
 * @param texts every string's length field with its text, likewise
 * @param pairs where each pair begins
 * @param headerBytes where the padding before the data begins
 */
record Sample(
    String name,
    byte[] bytes,
    List<Field> numbers,
    List<Field> reals,
    List<Field> texts,
    List<Field> pairs,
    int headerBytes) {
  /** Bytes [offset, offset + length) and what they are: "key", "type", "offset", ... */
  record Field(String what, int offset, int length) {}

  static Sample of(String name, byte[] bytes) {
    Walk walk = new Walk(bytes);
    walk.header();
    return new Sample(
        name, bytes, walk.numbers, walk.reals, walk.texts, walk.pairs, walk.in.position());
  }

  /** Fields of one kind. */
  List<Field> all(List<Field> among, String what) {
    return among.stream().filter(f -> f.what().equals(what)).toList();
  }

  boolean isModel() {
    return name.startsWith("model.");
  }

  private static final class Walk {
    private static final int ENDS = 6;

    private final ByteBuffer in;
    private final List<Field> numbers = new ArrayList<>();
    private final List<Field> reals = new ArrayList<>();
    private final List<Field> texts = new ArrayList<>();
    private final List<Field> pairs = new ArrayList<>();

    Walk(byte[] bytes) {
      in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void header() {
      u32("magic", true);
      u32("version", true);
      long tensors = u64("tensor count", true);
      long count = u64("pair count", true);
      for (int i = 0; i < count; i++) {
        int start = in.position();
        text("key", true);
        value((int) u32("type", true), true);
        pairs.add(new Field("pair", start, in.position() - start));
      }
      for (int i = 0; i < tensors; i++) {
        text("tensor", true);
        long dimensions = u32("dimensions", true);
        for (int d = 0; d < dimensions; d++) {
          u64("dimension", true);
        }
        u32("tensor type", true);
        u64("offset", true);
      }
    }

    private void value(int type, boolean keep) {
      switch (type) {
        case 0, 1, 7 -> number("value", 1, keep);
        case 2, 3 -> number("value", 2, keep);
        case 4, 5 -> number("value", 4, keep);
        case 10, 11 -> number("value", 8, keep);
        case 6 -> real(4, keep);
        case 12 -> real(8, keep);
        case 8 -> text("text", keep);
        case 9 -> {
          int item = (int) u32("type", keep);
          long count = u64("length", keep);
          for (long i = 0; i < count; i++) {
            value(item, keep && (i < ENDS || i >= count - ENDS));
          }
        }
        default -> throw new IllegalStateException("type " + type);
      }
    }

    private String text(String what, boolean keep) {
      int start = in.position();
      int length = (int) u64("length", keep);
      byte[] text = new byte[length];
      in.get(text);
      if (keep) {
        texts.add(new Field(what, start, 8 + length));
      }
      return new String(text, StandardCharsets.UTF_8);
    }

    private void real(int length, boolean keep) {
      add(reals, "real", length, keep);
      in.position(in.position() + length);
    }

    private void number(String what, int length, boolean keep) {
      add(numbers, what, length, keep);
      in.position(in.position() + length);
    }

    private long u32(String what, boolean keep) {
      add(numbers, what, 4, keep);
      return in.getInt() & 0xFFFF_FFFFL;
    }

    private long u64(String what, boolean keep) {
      add(numbers, what, 8, keep);
      return in.getLong();
    }

    private void add(List<Field> fields, String what, int length, boolean keep) {
      if (keep) {
        fields.add(new Field(what, in.position(), length));
      }
    }
  }
}
