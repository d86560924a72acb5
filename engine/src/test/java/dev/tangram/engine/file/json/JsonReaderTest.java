package dev.tangram.engine.file.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.file.ModelFormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
  private static Object read(String json) {
    JsonReader in = new JsonReader(json.getBytes(StandardCharsets.UTF_8), "x.json", 100);
    Object value = JsonObject.value(in, "");
    in.end();
    return value;
  }

  @Test
  void valuesOfEveryKind() {
    JsonObject object =
        (JsonObject)
            read(
                " {\"a\" : [1, -2.5e1, true, null , \"x\\n\\u00e9\\ud83d\\ude42é🙂\"],\n"
                    + "\"b\":{}, \"c\":1000000000000000019884624838656}\t");
    assertThat(object.list("a").orElseThrow()).containsExactly(1L, -25.0, true, null, "x\né🙂é🙂");
    assertThat(object.object("b").orElseThrow().names()).isEmpty();
    assertThat(object.value("c")).isEqualTo(1000000000000000019884624838656.0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "-",
        "NaN",
        "Infinity",
        "nul",
        "truee",
        "\"\t\"",
        "\"\\x\"",
        "\"\\ud800x\"",
        "\"\\udc00\"",
        "\"abc",
        "[1 2]",
        "{\"a\":1,\"a\":2}",
        "1 2",
        "//c\n1",
        "'a'"
      })
  void whatIsNotJsonIsRefusedWithItsPlace(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("x.json: ")
        .hasMessageContaining(": found ");
  }

  @Test
  void badUtf8AndDepthAreRefused() {
    byte[] latin = {'"', (byte) 0xE9, '"'};
    assertThatThrownBy(() -> new JsonReader(latin, "x.json", 100))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("at byte 101");
    assertThatThrownBy(() -> read("[".repeat(10_000)))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("a depth of at most 64");
    assertThat(read("[".repeat(64) + "]".repeat(64))).isInstanceOf(List.class);
  }

  @Test
  void whatAnotherWriterWritesIsReadAndSkipped() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed=" + seed);
    Random random = new Random(seed);
    ObjectMapper jackson = new ObjectMapper();
    for (int i = 0; i < 2000; i++) {
      Object value = any(random, 4);
      String json = jackson.writeValueAsString(value);
      assertThat(plain(read(json))).as("seed=%d %s", seed, json).isEqualTo(value);
      JsonReader in = new JsonReader(json.getBytes(StandardCharsets.UTF_8), "x.json", 0);
      in.skip();
      in.end();
    }
  }

  private static Object plain(Object value) {
    return switch (value) {
      case JsonObject object -> {
        Map<String, Object> map = new LinkedHashMap<>();
        object.names().forEach(name -> map.put(name, plain(object.value(name))));
        yield map;
      }
      case List<?> list -> {
        List<Object> plain = new ArrayList<>();
        list.forEach(element -> plain.add(plain(element)));
        yield plain;
      }
      case null, default -> value;
    };
  }

  private static Object any(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextGaussian();
      case 2 -> random.nextBoolean();
      case 3 -> text(random);
      case 4 -> null;
      case 5 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(any(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put(text(random) + i, any(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int c = random.nextInt(10) == 0 ? 0x1F600 + random.nextInt(20) : random.nextInt(0x300);
      text.appendCodePoint(c);
    }
    return text.toString();
  }
}
