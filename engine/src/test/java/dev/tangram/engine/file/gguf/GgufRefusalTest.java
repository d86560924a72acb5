package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a header may not say, and the sentence that refuses it. */
class GgufRefusalTest {
  @Test
  void theSmallestFileHoldsNothing() {
    GgufHeader header = parse(RawGguf.header(0, 0));
    assertThat(header.tensors()).isEmpty();
    assertThat(header.metadata().keys()).isEmpty();
  }

  @Test
  void aFileShorterThanItsFixedPart() {
    refused(
        new RawGguf().text("GGUF").u32(3).u64(0),
        "m.gguf: size: found 16 bytes, allowed: at least the 24 bytes of a GGUF header");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1          | 1, the layout of August 2023 with 32-bit lengths",
        "0          | 0",
        "4          | 4",
        "50331648   | a big-endian file (version 3)",
        "4294967295 | 4294967295"
      })
  void versionsOfAnotherLayout(long version, String found) {
    refused(
        new RawGguf().text("GGUF").u32(version).u64(0).u64(0),
        "m.gguf: at byte 4: header, version: found " + found + ", allowed: 2 or 3, little-endian");
  }

  @Test
  void versionTwoHasTheSameLayout() {
    assertThat(parse(new RawGguf().text("GGUF").u32(2).u64(0).u64(0)).version()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 65_537, 1L << 32})
  void countsAboveTheLimit(long count) {
    refused(
        RawGguf.header(count, 0),
        "m.gguf: at byte 8: header, tensor count: found "
            + Long.toUnsignedString(count)
            + ", allowed: at most 65536");
    refused(
        RawGguf.header(0, count),
        "m.gguf: at byte 16: header, pair count: found "
            + Long.toUnsignedString(count)
            + ", allowed: at most 65536");
  }

  @Test
  void countsThatTheFileCannotHold() {
    refused(
        RawGguf.header(0, 7).zeros(97),
        "pair count: found 7, allowed: what fits in the 97 bytes that follow");
    refused(
        RawGguf.header(4, 0).zeros(100),
        "tensor count: found 4, allowed: what fits in the 108 bytes that follow");
  }

  @Test
  void stringsLongerThanTheFileOrTheLimit() {
    refused(
        RawGguf.header(0, 1).u64(1000).zeros(20),
        "m.gguf: at byte 24: pair 0, key: found 1000, allowed: what fits in the 20 bytes that follow");
    refused(
        RawGguf.header(0, 1).u64(1025).zeros(2000),
        "pair 0, key: found 1025, allowed: at most 1024");
    refused(
        RawGguf.header(0, 1).u64(-1).zeros(20),
        "key: found 18446744073709551615, allowed: at most 1024");
    refused(
        RawGguf.header(0, 1).key("a", ValueType.STRING).u64((1 << 20) + 1).zeros(1 << 21),
        "pair 0 \"a\", value: found 1048577, allowed: at most 1048576");
    refused(
        RawGguf.header(0, 1)
            .key("tokenizer.chat_template", ValueType.STRING)
            .u64((64 << 10) + 1)
            .zeros(1 << 17),
        "pair 0 \"tokenizer.chat_template\", value: found 65537, allowed: at most 65536");
    parse(
        RawGguf.header(0, 1)
            .key("tokenizer.chat_template", ValueType.STRING)
            .string("x".repeat(64 << 10)));
  }

  @Test
  void keysThatAreEmptyOrTwice() {
    refused(
        RawGguf.header(0, 1).key("", ValueType.U8).u8(1).u8(1),
        "at byte 24: pair 0, key: found no character, allowed: at least one");
    refused(
        RawGguf.header(0, 2).key("a", ValueType.U8).u8(1).key("a", ValueType.U8).u8(1),
        "m.gguf: at byte 38: pair 1 \"a\", key: found a second pair of this key, allowed: each key once");
  }

  @Test
  void valuesOfUnknownType() {
    refused(
        RawGguf.header(0, 1).string("a").u32(13).u64(0),
        "pair 0 \"a\", value type: found 13, allowed: 0 to 12");
    refused(
        RawGguf.header(0, 1).key("a", ValueType.ARRAY).u32(0xFFFF_FFFFL).u64(0),
        "pair 0 \"a\", item type: found 4294967295, allowed: 0 to 12");
  }

  @Test
  void booleansOtherThanZeroAndOne() {
    refused(
        RawGguf.header(0, 1).key("a", ValueType.BOOL).u8(2),
        "at byte 37: pair 0 \"a\", boolean: found 2, allowed: 0 or 1");
    refused(
        RawGguf.header(0, 1).key("a", ValueType.ARRAY).u32(7).u64(2).u8(1).u8(255),
        "at byte 50: pair 0 \"a\", boolean: found 255, allowed: 0 or 1");
  }

  @Test
  void textThatIsNotUtf8() {
    refused(
        RawGguf.header(0, 1).key("a", ValueType.STRING).u64(3).text("a\300\200"),
        "m.gguf: at byte 46: pair 0 \"a\", value: found a byte that is not UTF-8, allowed: UTF-8");
    // Two halves of one character in neighbouring elements do not make it valid.
    refused(
        RawGguf.header(0, 1)
            .key("a", ValueType.ARRAY)
            .u32(8)
            .u64(2)
            .u64(1)
            .text("\303")
            .u64(1)
            .text("\244"),
        "at byte 57: pair 0 \"a\", array element 0: found a byte that is not UTF-8");
  }

  @Test
  void arraysLongerThanTheFileOrTheLimit() {
    refused(
        RawGguf.header(0, 1).key("a", ValueType.ARRAY).u32(12).u64(3).zeros(23),
        "pair 0 \"a\", array length: found 3, allowed: what fits in the 23 bytes that follow");
    refused(
        RawGguf.header(0, 1)
            .key("tokenizer.ggml.tokens", ValueType.ARRAY)
            .u32(8)
            .u64((1 << 20) + 1)
            .zeros(100),
        "array length: found 1048577, allowed: at most 1048576");
    refused(
        RawGguf.header(0, 1).key("a", ValueType.ARRAY).u32(8).u64(2).string("x").u64(9).zeros(8),
        "at byte 58: pair 0 \"a\", array element 1: found a length of 9, allowed: at most 8 bytes");
  }

  @Test
  void arraysNestedTenThousandDeep() {
    RawGguf raw = RawGguf.header(0, 1).key("a", ValueType.ARRAY);
    for (int depth = 0; depth < 10_000; depth++) {
      raw.u32(9).u64(1);
    }
    refused(
        raw.u32(0).u64(0),
        "pair 0 \"a\", array: found arrays nested deeper, allowed: a depth of at most 4");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 4, 33, 1L << 17, 1L << 31, 0xFFFF_FFFFL})
  void alignmentsThatAreNoPowerOfTwoOrTooLarge(long alignment) {
    refused(
        RawGguf.header(0, 1).key("general.alignment", ValueType.U32).u32(alignment),
        "m.gguf: general.alignment: found " + alignment);
  }

  @Test
  void anAlignmentThatIsNegativeOrNoInteger() {
    refused(
        RawGguf.header(0, 1).key("general.alignment", ValueType.I32).u32(-32),
        "general.alignment: found -32");
    refused(
        RawGguf.header(0, 1).key("general.alignment", ValueType.F32).u32(0x42000000),
        "found 32.0, allowed: an integer");
  }

  @Test
  void oneFileOfAModelInSeveral() {
    refused(
        RawGguf.header(0, 2)
            .key("split.no", ValueType.U16)
            .bytes((byte) 1, (byte) 0)
            .key("split.count", ValueType.U16)
            .bytes((byte) 3, (byte) 0),
        "m.gguf: split.count: found part 2 of a model in 3 files, allowed: a model in one file (merge the parts)");
  }

  @ParameterizedTest
  @CsvSource({
    "9, Q8_1",
    "16, IQ2_XXS",
    "21, IQ3_S",
    "34, TQ1_0",
    "35, TQ2_0",
    "40, NVFP4",
    "26, I32",
    "77, the unknown type 77"
  })
  void tensorTypesAreNamed(int type, String name) {
    refused(
        RawGguf.header(1, 0).tensor("blk.0.attn_q.weight", type, 0, 256).pad(32).zeros(256),
        "tensor 0 \"blk.0.attn_q.weight\", type: found "
            + name
            + ", allowed: one of [F32, F16, BF16, Q8_0,");
  }

  @Test
  void tensorsOfImpossibleShape() {
    tensorRefused(
        raw -> raw.tensor("w", 0, 0), "tensor 0 \"w\", dimension count: found 0, allowed: 1 to 4");
    tensorRefused(
        raw -> raw.tensor("w", 0, 0, 1, 1, 1, 1, 1), "dimension count: found 5, allowed: 1 to 4");
    tensorRefused(
        raw -> raw.tensor("w", 0, 0, 8, 0), "dimension 1: found 0, allowed: 1 to 2^63 - 1");
    tensorRefused(raw -> raw.tensor("w", 0, 0, -8, 8), "dimension 0: found 18446744073709551608");
    tensorRefused(
        raw -> raw.tensor("w", 8, 0, 33),
        "dimension 0: found 33, allowed: a multiple of 32 for Q8_0");
    tensorRefused(
        raw -> raw.tensor("w", 12, 0, 128),
        "dimension 0: found 128, allowed: a multiple of 256 for Q4_K");
    tensorRefused(
        raw -> raw.tensor("w", 0, 0, 1L << 32, 1L << 32),
        "dimensions: found [4294967296, 4294967296], allowed: a size below 2^63 bytes");
    tensorRefused(raw -> raw.tensor("w", 0, 0, 1L << 61, 2), "allowed: a size below 2^63 bytes");
    tensorRefused(raw -> raw.tensor("w", 0, 0, 1L << 62), "allowed: a size below 2^63 bytes");
  }

  @Test
  void tensorsOutsideTheFile() {
    tensorRefused(
        raw -> raw.tensor("w", 0, 0, 1L << 40),
        "offset: found 0 with a size of 4398046511104, allowed: a file of ");
    tensorRefused(
        raw -> raw.tensor("w", 0, Long.MAX_VALUE - 31, 8),
        "offset: found 9223372036854775776 with a size of 32");
    tensorRefused(
        raw -> raw.tensor("w", 0, -32, 8),
        "offset: found 18446744073709551584, allowed: a multiple of 32");
    // Fits in the file but not behind the header.
    tensorRefused(
        raw -> raw.tensor("w", 0, 0, 70),
        "tensor \"w\": found 280 bytes at byte 0 of the data section, allowed: a section of 256 bytes");
  }

  @Test
  void tensorsThatOverlapOrLeaveGapsOrAreNotAligned() {
    tensorRefused(raw -> raw.tensor("w", 0, 8, 8), "offset: found 8, allowed: a multiple of 32");
    tensorRefused(
        raw -> raw.tensor("w", 0, 32, 56),
        "tensor \"w\": found data at byte 32 of the data section, behind a gap, allowed: byte 0");
    refused(
        RawGguf.header(2, 0).tensor("a", 0, 0, 16).tensor("b", 0, 32, 8).pad(32).zeros(64),
        "tensor \"b\": found data at byte 32 of the data section, overlapping the tensor before it, allowed: byte 64");
    refused(
        RawGguf.header(2, 0).tensor("a", 0, 0, 8).tensor("a", 0, 32, 8).pad(32).zeros(64),
        "tensor 1 \"a\", name: found a second tensor of this name, allowed: each name once");
    refused(
        RawGguf.header(1, 0).tensor("", 0, 0, 8).pad(32).zeros(32),
        "tensor 0, name: found no character, allowed: at least one");
  }

  @Test
  void tensorsMayStandInAnyOrder() {
    GgufHeader header =
        parse(RawGguf.header(2, 0).tensor("b", 0, 32, 8).tensor("a", 0, 0, 8).pad(32).zeros(64));
    assertThat(header.tensors().keySet()).containsExactly("b", "a");
    assertThat(header.tensors().get("b").offset())
        .isEqualTo(header.tensors().get("a").offset() + 32);
  }

  @Test
  void theLastTensorNeedNoPaddingButNothingMayFollow() {
    parse(RawGguf.header(1, 0).tensor("a", 0, 0, 1).pad(32).zeros(4));
    parse(RawGguf.header(1, 0).tensor("a", 0, 0, 1).pad(32).zeros(32));
    RawGguf more = RawGguf.header(1, 0).tensor("a", 0, 0, 1).pad(32).zeros(33);
    refused(
        more,
        "at byte %d: end of file: found 1 bytes after the last tensor, allowed: none"
            .formatted(more.size() - 1));
  }

  @Test
  void namesThatCouldNotStandInALog() {
    refused(
        RawGguf.header(0, 1).key("a\nb\u001b[31m\u202e", ValueType.BOOL).u8(1),
        "at byte 24: pair 0, key: found \"a\\u000ab\\u001b[31m\\u202e\", allowed: printable ASCII without spaces");
    refused(
        RawGguf.header(1, 0).tensor("a b", 0, 0, 8).pad(32).zeros(32),
        "tensor 0, name: found \"a b\", allowed: printable ASCII without spaces");
  }

  @Test
  void theEndOfTheFileInTheMiddleOfANumber() {
    refused(
        RawGguf.header(0, 1).key("abcdef", ValueType.U64).u32(7),
        "m.gguf: at byte 42: pair 0 \"abcdef\", value: found the end of the file at byte 46, allowed: 8 more bytes");
  }

  private static void tensorRefused(Consumer<RawGguf> info, String sentence) {
    RawGguf raw = RawGguf.header(1, 0);
    info.accept(raw);
    refused(raw.pad(32).zeros(256), sentence);
  }

  private static void refused(RawGguf raw, String sentence) {
    assertThatThrownBy(() -> parse(raw))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("m.gguf: ")
        .hasMessageContaining(sentence);
  }

  private static GgufHeader parse(RawGguf raw) {
    return GgufFile.parse(MemorySegment.ofArray(raw.toBytes()), "m.gguf");
  }
}
