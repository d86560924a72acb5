package dev.tangram.engine.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.token.MarkedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Broken templates with random variables: each run ends well or with TemplateException, soon, and
 * no character of a variable is ever trusted. Templates here are ASCII and variables are not, so
 * every other character must come from a variable.
 */
class ChatTemplateFuzzTest {
  private static final int RUNS = Integer.getInteger("tangram.fuzz.runs", 20_000);
  private static final long SEED = Long.getLong("tangram.fuzz.seed", System.nanoTime());
  private static final String LETTERS = "αβγδΩΨßﬁǅ🙂日\u2028\u00a0";

  private final Random random = new Random(SEED);
  private final List<String> pieces = new ArrayList<>();

  @Test
  void mutatedTemplates() throws IOException {
    System.out.println("seed=" + SEED + " (replay with -Dtangram.fuzz.seed=" + SEED + ")");
    List<String> seeds = seeds();
    int rendered = 0;
    long slowest = 0;
    for (int run = 0; run < RUNS; run++) {
      String source = mutated(seeds.get(random.nextInt(seeds.size())));
      Map<String, Object> variables = variables();
      try {
        long nanos = Long.MAX_VALUE;
        for (int attempt = 0;
            attempt < 10 && nanos > 20_000_000;
            attempt++) { // a pause of the machine is not ours
          long before = System.nanoTime();
          rendered += isRendered(source, variables) && attempt == 0 ? 1 : 0;
          nanos = Math.min(nanos, System.nanoTime() - before);
        }
        slowest = Math.max(slowest, nanos);
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError("run " + run + " of seed " + SEED + ": " + e + "\n" + source, e);
      }
    }
    System.out.printf(
        "%d of %d templates rendered, slowest %.1f ms%n", rendered, RUNS, slowest / 1e6);
    assertThat(rendered).as("templates that still work").isBetween(RUNS / 20, RUNS);
    assertThat(slowest).as("nanoseconds of the slowest").isLessThan(100_000_000L);
  }

  private static boolean isRendered(String source, Map<String, Object> variables) {
    try {
      check(ChatTemplate.compile(source).render(variables), source);
      return true;
    } catch (TemplateException e) {
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(2000);
      return false;
    }
  }

  private static void check(MarkedText text, String source) {
    String string = text.text();
    for (int i = 0; i < string.length(); i++) {
      if (string.charAt(i) >= 0x80 && text.isTrusted(i, i + 1)) {
        throw new AssertionError(
            "seed "
                + SEED
                + ": a variable's character is trusted in '"
                + string
                + "' of\n"
                + source);
      }
    }
  }

  private List<String> seeds() throws IOException {
    List<String> seeds = new ArrayList<>();
    Path folder = ChatTemplateGoldenTest.folder();
    for (JsonNode feature : new ObjectMapper().readTree(folder.resolve("features.json").toFile())) {
      seeds.add(ascii(feature.get("source").asText()));
    }
    try (Stream<Path> files = Files.list(folder.resolve("templates"))) {
      for (Path file : files.sorted().toList()) {
        seeds.add(ascii(Files.readString(file)));
      }
    }
    for (String seed : seeds) {
      pieces.addAll(List.of(seed.split("(?<=[ |.(\\[{}%])|(?=[)\\]|%}])")));
    }
    return seeds;
  }

  /** Without what is not ASCII, and without escapes that make such characters. */
  private static String ascii(String source) {
    return source.replaceAll("[^\\x00-\\x7f]", "#").replaceAll("\\\\[uUxX0-7]", "#");
  }

  private String mutated(String seed) {
    StringBuilder source = new StringBuilder(seed);
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(source.length() + 1);
      int length = Math.min(random.nextInt(12), source.length() - at);
      switch (random.nextInt(5)) {
        case 0 -> source.delete(at, at + length);
        case 1 -> source.insert(at, pieces.get(random.nextInt(pieces.size())));
        case 2 -> source.insert(at, source.substring(at, at + length));
        case 3 -> source.insert(at, (char) (32 + random.nextInt(95)));
        default -> source.replace(at, at + length, pieces.get(random.nextInt(pieces.size())));
      }
    }
    return ascii(source.toString());
  }

  private Map<String, Object> variables() {
    Map<String, Object> variables = new LinkedHashMap<>();
    for (String name :
        List.of(
            "s",
            "t",
            "n",
            "f",
            "none",
            "yes",
            "l",
            "w",
            "d",
            "u",
            "e",
            "m",
            "tools",
            "bos_token")) {
      variables.put(name, name.equals("bos_token") ? "<s>" : value(3));
    }
    List<Object> messages = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put(
          "role", List.of("system", "user", "assistant", "tool", "Ω").get(random.nextInt(5)));
      message.put("content", random.nextInt(4) == 0 ? value(2) : text());
      if (random.nextInt(3) == 0) {
        message.put("tool_calls", List.of(Map.of("function", call())));
      }
      messages.add(message);
    }
    variables.put("messages", messages);
    variables.put("add_generation_prompt", random.nextBoolean());
    return variables;
  }

  private Map<String, Object> call() {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("name", text());
    call.put("arguments", value(2));
    return call;
  }

  private Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> List.of(0L, 1L, -1L, 7L, Long.MAX_VALUE, Long.MIN_VALUE).get(random.nextInt(6));
      case 3 ->
          List.of(0.0, -0.0, 2.5, 1e300, Double.NaN, Double.NEGATIVE_INFINITY)
              .get(random.nextInt(6));
      case 4, 5 -> text();
      case 6 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(text(), value(depth - 1));
        }
        yield map;
      }
    };
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      int c =
          LETTERS.codePointAt(
              LETTERS.offsetByCodePoints(
                  0, random.nextInt(LETTERS.codePointCount(0, LETTERS.length()))));
      text.appendCodePoint(random.nextInt(5) == 0 ? "\n <>{}%'\"".charAt(random.nextInt(9)) : c);
    }
    return text.toString();
  }
}
