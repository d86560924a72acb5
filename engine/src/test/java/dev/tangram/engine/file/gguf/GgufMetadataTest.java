package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.PackedStrings;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GgufMetadataTest {
  private static final GgufMetadata METADATA = metadata();

  /**
   * Every accessor against every value: it answers for its own types, and refuses the rest by name.
   */
  @Test
  void everyAccessorRefusesEveryOtherType() {
    Map<String, Function<String, Object>> accessors = new LinkedHashMap<>();
    accessors.put("string", METADATA::string);
    accessors.put("integer", key -> METADATA.integer(key, Integer.MIN_VALUE, Integer.MAX_VALUE));
    accessors.put("number", METADATA::number);
    accessors.put("flag", key -> METADATA.flag(key, false));
    accessors.put("strings", METADATA::strings);
    accessors.put("integers", METADATA::integers);
    accessors.put("numbers", METADATA::numbers);
    Map<String, List<String>> answered =
        Map.of(
            "string", List.of("text"),
            "integer", List.of("u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64"),
            "number", List.of("f32", "f64"),
            "flag", List.of("flag"),
            "strings", List.of("texts"),
            "integers", List.of("integers"),
            "numbers", List.of("numbers"));
    accessors.forEach(
        (name, accessor) -> {
          for (String key : METADATA.keys()) {
            if (answered.get(name).contains(key)) {
              assertThat(accessor.apply(key)).as(name + " of " + key).isNotNull();
            } else {
              refused(() -> accessor.apply(key), "m.gguf: " + key);
            }
          }
        });
  }

  @Test
  void integersOfAnyWidthAreReadInTheirRange() {
    assertThat(METADATA.integer("u8", 0, 255)).isEqualTo(200);
    assertThat(METADATA.integer("i64", 7, 7)).isEqualTo(7);
    refused(
        () -> METADATA.integer("u8", 0, 199),
        "m.gguf: u8: found 200, allowed: an integer from 0 to 199");
    refused(
        () -> METADATA.integer("u8", 201, 255), "found 200, allowed: an integer from 201 to 255");
    refused(() -> METADATA.integer("i64.large", 0, Integer.MAX_VALUE), "found 4294967297");
    refused(
        () -> METADATA.integer("u64.large", 0, Integer.MAX_VALUE), "found 18446744073709551615");
    refused(
        () -> METADATA.integer("text", 0, 1),
        "m.gguf: text: found the string \"a\\u000ab\", allowed: an integer");
    refused(() -> METADATA.integer("texts", 0, 1), "found an array of 2 strings");
    refused(() -> METADATA.integer("integers", 0, 1), "found an array of 3 I32");
    refused(() -> METADATA.integer("nested", 0, 1), "found an array of 1 arrays");
  }

  @Test
  void numbersAreFinite() {
    assertThat(METADATA.number("f64")).isEqualTo(0.1f);
    refused(() -> METADATA.number("nan"), "m.gguf: nan: found NaN, allowed: a finite");
    refused(() -> METADATA.number("f64.large"), "found 1.0E300, allowed: a finite f32 or f64");
    refused(
        () -> METADATA.numbers("numbers.infinite"),
        "m.gguf: numbers.infinite, element 1: found Infinity");
    refused(
        () -> METADATA.integers("integers.large"),
        "m.gguf: integers.large, element 0: found 4294967295");
  }

  @Test
  void whatIsAbsentHasItsDefaultOrIsMissed() {
    assertThat(METADATA.integer("absent", 0, 9, 5)).isEqualTo(5);
    assertThat(METADATA.string("absent", "x")).isEqualTo("x");
    assertThat(METADATA.number("absent", 2f)).isEqualTo(2f);
    assertThat(METADATA.flag("absent", true)).isTrue();
    assertThat(METADATA.value("absent")).isNull();
    refused(
        () -> METADATA.strings("absent"),
        "m.gguf: absent: found nothing, allowed: an array of strings");
    // A default is for what is absent, not for what is wrong.
    refused(() -> METADATA.integer("text", 0, 9, 5), "found the string");
    refused(() -> METADATA.flag("u8", true), "found 200, allowed: a boolean");
  }

  @Test
  void theMapShowsValuesInFileOrder() {
    Map<String, Object> map = METADATA.asMap();
    assertThat(map.keySet()).startsWith("text", "u8", "i8");
    assertThat(map.get("f32")).isEqualTo(1.0E-6);
    assertThat(map.get("u64.large")).isEqualTo("18446744073709551615");
    assertThat(map.get("integers")).isEqualTo(List.of(1L, 2L, 3L));
    assertThat(map.get("texts")).isEqualTo(List.of("x", "y"));
    assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> METADATA.keys().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> METADATA.strings("texts").set(0, "z"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static GgufMetadata metadata() {
    Map<String, Object> pairs = new LinkedHashMap<>();
    pairs.put("text", "a\nb");
    pairs.put("u8", new Scalar(ValueType.U8, 200L));
    pairs.put("i8", new Scalar(ValueType.I8, -1L));
    pairs.put("u16", new Scalar(ValueType.U16, 1L));
    pairs.put("i16", new Scalar(ValueType.I16, 1L));
    pairs.put("u32", new Scalar(ValueType.U32, 1L));
    pairs.put("i32", new Scalar(ValueType.I32, 1L));
    pairs.put("u64", new Scalar(ValueType.U64, 1L));
    pairs.put("i64", new Scalar(ValueType.I64, 7L));
    pairs.put("i64.large", new Scalar(ValueType.I64, (1L << 32) + 1));
    pairs.put("u64.large", new Scalar(ValueType.U64, new BigInteger("18446744073709551615")));
    pairs.put("f32", new Scalar(ValueType.F32, 1e-6f));
    pairs.put("f64", new Scalar(ValueType.F64, 0.1));
    pairs.put("f64.large", new Scalar(ValueType.F64, 1e300));
    pairs.put("nan", new Scalar(ValueType.F32, Float.NaN));
    pairs.put("flag", new Scalar(ValueType.BOOL, true));
    pairs.put("texts", PackedStrings.of(List.of("x", "y")));
    pairs.put("integers", PackedNumbers.of(1, 2, 3));
    pairs.put("integers.large", new PackedNumbers(ValueType.U32, new byte[] {-1, -1, -1, -1}));
    pairs.put("numbers", PackedNumbers.of(1f, 2f));
    pairs.put("numbers.infinite", PackedNumbers.of(1f, Float.POSITIVE_INFINITY));
    pairs.put("flags", new PackedNumbers(ValueType.BOOL, new byte[] {1, 0}));
    pairs.put("nested", List.of(PackedNumbers.of(1)));
    return new GgufMetadata("m.gguf", pairs);
  }

  private static void refused(ThrowingCallable access, String sentence) {
    assertThatThrownBy(access)
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(sentence);
  }
}
