package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Valid files made of as many small things as their bytes allow: no byte of a file may cost many of
 * the heap.
 */
class GgufAllocationTest {
  private static final int MANY = 1 << 20;

  static Stream<Arguments> files() {
    return Stream.of(
        file("empty strings", array(ValueType.STRING, MANY, (raw, _) -> raw.u64(0))),
        file(
            "strings of one letter", array(ValueType.STRING, MANY, (raw, _) -> raw.u64(1).u8('a'))),
        file("empty arrays", array(ValueType.ARRAY, MANY, (raw, _) -> raw.u32(0).u64(0))),
        file(
            "arrays of one number",
            array(ValueType.ARRAY, MANY, (raw, _) -> raw.u32(0).u64(1).u8(1))),
        file(
            "arrays of one string",
            array(ValueType.ARRAY, MANY, (raw, _) -> raw.u32(8).u64(1).u64(0))),
        file("arrays of no arrays", array(ValueType.ARRAY, MANY, (raw, _) -> raw.u32(9).u64(0))),
        file("bytes", array(ValueType.U8, 8 * MANY, (raw, _) -> raw.u8(1))),
        file(
            "pairs",
            each(
                RawGguf.header(0, 65_536),
                65_536,
                (raw, i) -> raw.key(name(i), ValueType.U8).u8(1))),
        file("tensors", tensors()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void costsAtMostEightTimesItsSize(String name, RawGguf raw) {
    byte[] bytes = raw.toBytes();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    GgufHeader header = GgufFile.parse(MemorySegment.ofArray(bytes), name);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    System.out.printf("%s: %d bytes, %d allocated%n", name, bytes.length, allocated);
    assertThat(allocated).isLessThan(8L * bytes.length + (16 << 20));
    assertThat(header.tensors().size() + header.metadata().keys().size()).isPositive();
  }

  private interface Item {
    void put(RawGguf raw, int index);
  }

  private static Arguments file(String name, RawGguf raw) {
    return Arguments.of(name, raw);
  }

  private static RawGguf array(ValueType item, int count, Item element) {
    return each(
        RawGguf.header(0, 1).key("a", ValueType.ARRAY).u32(item.ordinal()).u64(count),
        count,
        element);
  }

  private static RawGguf tensors() {
    RawGguf raw = RawGguf.header(65_536, 1).key("general.alignment", ValueType.U8).u8(8);
    return each(raw, 65_536, (r, i) -> r.tensor(name(i), 0, 8L * i, 1, 1, 1, 1))
        .pad(8)
        .zeros(8 * 65_536);
  }

  private static RawGguf each(RawGguf raw, int count, Item item) {
    for (int i = 0; i < count; i++) {
      item.put(raw, i);
    }
    return raw;
  }

  private static String name(int i) {
    return Integer.toString(i, 36);
  }
}
