package dev.tangram.engine.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Our output against jinja2's, byte for byte. {@code make_golden.py} wrote what is expected. */
class ChatTemplateGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The moment in make_golden.py. */
  static final Clock NOW =
      Clock.fixed(
          LocalDateTime.of(2026, 3, 7, 9, 5, 3, 123_456_000).toInstant(ZoneOffset.UTC),
          ZoneOffset.UTC);

  /**
   * The folder of the goldens; another one can be named to check templates that are not in the
   * repository.
   */
  static Path folder() {
    String other = System.getProperty("tangram.prompt.goldens");
    try {
      return other != null
          ? Path.of(other)
          : Path.of(ChatTemplateGoldenTest.class.getResource("/prompt/cases.json").toURI())
              .getParent();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> templatesOfReleasedModels() throws IOException {
    JsonNode cases = JSON.readTree(folder().resolve("cases.json").toFile());
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder().resolve("golden"))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replace(".json", "");
        String source = Files.readString(folder().resolve("templates").resolve(name + ".jinja"));
        JsonNode expected = JSON.readTree(file.toFile());
        assertThat(expected.size()).isEqualTo(cases.size());
        expected
            .properties()
            .forEach(
                entry ->
                    tests.add(
                        dynamicTest(
                            name + ", " + entry.getKey(),
                            () -> check(source, cases.get(entry.getKey()), entry.getValue()))));
      }
    }
    assertThat(tests).hasSizeGreaterThan(10 * cases.size());
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> featuresOfTheLanguage() throws IOException {
    JsonNode features = JSON.readTree(folder().resolve("features.json").toFile());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode feature : features) {
      String source = feature.get("source").asText();
      tests.add(dynamicTest(source, () -> check(source, feature.get("variables"), feature)));
    }
    assertThat(tests).hasSizeGreaterThan(150);
    return tests.stream();
  }

  private static void check(String source, JsonNode variables, JsonNode expected) {
    String actual;
    try {
      actual = ChatTemplate.compile(source).withClock(NOW).render(map(variables)).text();
    } catch (TemplateException e) {
      if (expected.has("raised")) {
        assertThat(e).hasMessageEndingWith(expected.get("raised").asText());
      } else if (!expected.has("error")) {
        throw new AssertionError(
            "jinja2 gives " + expected.get("output") + ", we: " + e.getMessage(), e);
      }
      return;
    }
    assertThat(expected.has("output"))
        .as("jinja2 fails with %s, we give %s", expected, actual)
        .isTrue();
    assertThat(actual).isEqualTo(expected.get("output").asText());
  }

  static Map<String, Object> map(JsonNode node) {
    return JSON.convertValue(node, new TypeReference<Map<String, Object>>() {});
  }

  @Test
  void theConvenienceRendersAsTheVariablesDo() throws IOException {
    Map<String, Object> variables =
        map(JSON.readTree(folder().resolve("cases.json").toFile()).get("thinking off"));
    ChatTemplate template =
        ChatTemplate.compile(
            "{{ messages }}{{ tools }}{{ documents }}{{ add_generation_prompt }}"
                + "{{ enable_thinking }}{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}");
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> messages = (List<Map<String, Object>>) variables.get("messages");
    assertThat(
            template
                .render(
                    messages,
                    List.of(),
                    true,
                    Map.of("enable_thinking", false, "bos_token", "X", "messages", 1),
                    "<s>",
                    "</s>")
                .text())
        .isEqualTo(template.render(variables).text())
        .endsWith("NoneNoneTrueFalse<s></s>False");
  }
}
