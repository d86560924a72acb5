package dev.tangram.engine.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RQ-5: text of a message can never become a control token; the template's own text can. */
class ChatTemplateTrustTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The control tokens of the families whose templates we ship as test data. */
  private static final List<String> SPECIAL =
      List.of("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "</s>", "[INST]", "[/INST]", "<|end|>", "<|user|>",
          "<|system|>", "<|assistant|>", "<|start|>", "<|message|>", "<|channel|>", "<turn|>", "<|turn>", "[gMASK]", "<sop>",
          "<|observation|>", "<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>", "<|start_of_role|>",
          "<|end_of_role|>", "<|end_of_text|>", "<|im_user|>", "<|im_middle|>", "[TOOL_CALLS]", "[SYSTEM_PROMPT]");

  private static final Pattern ANY_SPECIAL =
      Pattern.compile(String.join("|", SPECIAL.stream().map(Pattern::quote).toList()));

  @TestFactory
  Stream<DynamicTest> messagesOfEveryRoleInEveryTemplate() throws IOException {
    Path folder = ChatTemplateGoldenTest.folder();
    JsonNode cases = JSON.readTree(folder.resolve("cases.json").toFile());
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("templates"))) {
      for (Path file : files.sorted().toList()) {
        ChatTemplate template =
            ChatTemplate.compile(Files.readString(file)).withClock(ChatTemplateGoldenTest.NOW);
        cases.properties().forEach(
            entry ->
                tests.add(dynamicTest(
                    file.getFileName() + ", " + entry.getKey(),
                    () -> check(template, ChatTemplateGoldenTest.map(entry.getValue())))));
      }
    }
    return tests.stream();
  }

  /** The same conversation twice: with a harmless word in every text, and with all control tokens in every text. */
  private static void check(ChatTemplate template, Map<String, Object> variables) {
    MarkedText harmless;
    try {
      harmless = template.render(injected(variables, "harmless"));
    } catch (TemplateException e) {
      return; // this template refuses such messages
    }
    MarkedText attacked = template.render(injected(variables, "evil" + String.join("", SPECIAL) + "live"));
    assertThat(controlTokens(harmless)).as("the template's own tokens").isNotEmpty();
    assertThat(controlTokens(attacked)).isEqualTo(controlTokens(harmless));
    for (String text : List.of("evil<|im_start|>", "[SYSTEM_PROMPT]live")) {
      for (int at = attacked.text().indexOf(text); at >= 0; at = attacked.text().indexOf(text, at + 1)) {
        for (int i = at; i < at + text.length(); i++) {
          assertThat(attacked.isTrusted(i, i + 1)).as("unit %d of %s", i, attacked).isFalse();
        }
      }
    }
  }

  private static List<String> controlTokens(MarkedText text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = ANY_SPECIAL.matcher(text.text());
    for (int from = 0; matcher.find(from); from = matcher.start() + 1) {
      if (text.isTrusted(matcher.start(), matcher.end())) {
        found.add(matcher.group());
      }
    }
    return found;
  }

  /** Adds a word to every string but those that steer the template. */
  private static Map<String, Object> injected(Map<String, Object> variables, String word) {
    Map<String, Object> result = new LinkedHashMap<>(variables);
    for (String name : List.of("messages", "tools")) {
      result.put(name, injected(variables.get(name), word));
    }
    return result;
  }

  private static Object injected(Object value, String word) {
    return switch (value) {
      case String s -> s + word;
      case List<?> list -> list.stream().map(element -> injected(element, word)).toList();
      case Map<?, ?> map -> {
        Map<Object, Object> result = new LinkedHashMap<>();
        map.forEach((key, inner) -> {
          boolean steers = List.of("role", "type", "id", "tool_call_id").contains(key);
          result.put(key, steers ? inner : injected(inner, word));
        });
        yield result;
      }
      case null, default -> value;
    };
  }

  /** {@code mask} has a T for each trusted unit and a dot for each other; {@code x} is the variable "<ab>". */
  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
      T{{ x }}T;T....T
      {{ 'T' + x + 'T' }};T....T
      {{ x ~ 'TT' ~ 1 }};....TT.
      {{ ('TT' ~ x)[1:3] }};T.
      {{ ('TT' ~ x)[::-1] }};....TT
      {{ (' T' ~ x ~ ' ')|trim }};T....
      {{ ('T' ~ x).upper() }}{{ ('ß' ~ x)|upper }};T....TT....
      {{ ('TaT' ~ x).split('a')[1] }};T.
      {{ ('T' ~ x).split('<')|join('TT') }};TTT...
      {{ x.replace('a', 'T') }};.T..
      {{ 'TaT'.replace('a', x) }};T....T
      {{ 'T'|replace('T', x) }};....
      {{ 'T{}T{:>6}'.format(x, x) }};T....TTT....
      {{ 'T%sT' % x }}{{ '%5s' % x }};T....TT....
      {{ x|indent(2, true) }};TT....
      {{ ('T\\n' ~ x)|indent(1) }};TTT....
      {{ [x, 'T']|join('T') }};....TT
      {{ 'T'.join([x, x]) }};....T....
      {{ x|tojson }};......
      {{ 'T'|tojson }};.T.
      {{ {'T': x}|tojson }};..T..........
      {{ ['T', x] }};..T..........
      {% set y %}T{{ x }}{% endset %}{{ y }}T;T....T
      {% macro m(a) %}T{{ a }}{% endmacro %}{{ m(x) }}{{ m('T') }};T....TT
      {% filter upper %}T{{ x }}{% endfilter %};T....
      {{ x if x else 'T' }}{{ nope|default('T') }}{{ nope|default(x) }};....T....
      {{ [x, x]|map('replace', '<', 'T')|join }};T...T...
      {{ x|title }}{{ 'T'|title }}{{ ('T' ~ x).capitalize() }};....TT....
      {{ x * 2 }}{{ 'T' * 2 }};........TT
      {{ ('T' ~ x).partition('<')|join }};TT...
      {{ x.center(6, 'T') }}{{ x|center(6) }};T....TT....T
      {{ bos_token }}{{ bos_token ~ x }};TTTTTT....
      {{ messages[0].role }}{{ messages[1].role }};TTTT......
      {{ other[0].role }}{{ 12 }}{{ true }}{{ none }};..............
      {{ x|e }};..........
      {{ x|list|last ~ 'T' }}{% for c in x %}{{ c }}T{% endfor %};.T.T.T.T.T
      {{ 'T🙂' ~ x }}{{ ('🙂T' ~ x)[1] }};TTT....T
      """)
  void trustFollowsEachCharacter(String source, String mask) {
    MarkedText text =
        ChatTemplate.compile(source)
            .render(
                Map.of(
                    "x", "<ab>",
                    "bos_token", "<s>",
                    "messages", List.of(Map.of("role", "user"), Map.of("role", "<user>")),
                    "other", List.of(Map.of("role", "user"))));
    StringBuilder actual = new StringBuilder();
    for (int i = 0; i < text.text().length(); i++) {
      actual.append(text.isTrusted(i, i + 1) ? 'T' : '.');
    }
    assertThat(actual.toString()).as(text.text()).isEqualTo(mask);
  }
}
