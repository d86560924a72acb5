package dev.tangram.engine.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RQ-4: templates that try to burn time, memory or stack. */
class ChatTemplateBombTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long NANOS_MAX = 50_000_000;

  static List<String> bombs() {
    return List.of(
        // nested loops
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{% for a in l %}{% for b in l %}{% for c in l %}{{ l|join }}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) if range(99999)|sum > 1 %}{% endfor %}",
        "{% for a in range(99999) %}{{ range(99999)|list|length }}{% endfor %}",
        // strings that grow
        "{{ 'x' * 999999999999 }}",
        "{{ ('x' * 1000000) * 1000000 }}",
        "{{ '%999999999s' % 'x' }}",
        "{{ '{:>999999999}'.format('x') }}",
        "{{ '{:.99999f}'.format(1.5) }}{{ 'x'.center(2147483647) }}",
        "{{ 'x'|center(999999999) }}{{ 'x'.zfill(999999999) }}",
        "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(s='x') %}{% for i in range(99999) %}{% set ns.s = ns.s ~ 'y' %}{% endfor %}",
        "{% set x = 'x' * 100000 %}{% for i in range(99999) %}{{ x|upper|lower|title|length }}{% endfor %}",
        "{% set x = 'x' * 100000 %}{% for i in range(99999) %}{{ x.replace('x', x)|length }}{% endfor %}",
        "{% set x = 'ab' * 100000 %}{% for i in range(99999) %}{{ x.split('a')|join('b')|length }}{% endfor %}",
        "{% set x = 'ab' * 100000 %}{% for i in range(99999) %}{{ x in x ~ 'c' }}{% endfor %}",
        "{% set x = ' ' * 500000 %}{% for i in range(99999) %}{{ x.strip()|length }}{{ x.rstrip('y ')|length }}{% endfor %}",
        "{% set x = 'é\\U0001F642' * 200000 %}{% for i in range(99999) %}{{ x[i:i + 2] }}{{ x[-1] }}{% endfor %}",
        "{% set x = 'x\\n' * 100000 %}{% for i in range(99999) %}{{ x|indent(99)|length }}{% endfor %}",
        "{% set x = 'ab' * 100000 %}{% for i in range(99999) %}{{ x == x ~ '' }}{{ x < x ~ 'a' }}{{ x.count('ab') }}{% endfor %}",
        "{% set x = 'a' * 200000 %}{% for i in range(99999) %}{{ x.find('a' * 1000 ~ 'b') }}{{ x.rfind('b' ~ 'a' * 1000) }}{% endfor %}",
        "{% set x = ('a' * 30000) %}{% for i in range(99999) %}{{ x in (x[1:] ~ 'b' ~ x[2:]) }}{% endfor %}",
        "{% set x = 'a' * 30000 %}{% for i in range(99999) %}{{ x.rsplit('b' ~ x[1:]) }}{{ x.rpartition('b' ~ x[1:]) }}{% endfor %}",
        "{% set x = ('a' * 99 ~ 'b') * 2000 %}{% for i in range(99999) %}{{ x.rsplit('b' ~ 'a' * 99)|length }}{% endfor %}",
        "{% set x = '\\x01' * 100000 %}{% for i in range(99999) %}{{ [x]|string|length }}{{ x|tojson|length }}{% endfor %}",
        "{{ '%' ~ '0' * 900000 ~ 'd' }}{{ ('%' ~ '0' * 900000 ~ 'd') % 1 }}",
        "{% for i in range(99999) %}{{ ('1' * 400)|int }}{{ ('1' * 300 ~ 'e-300')|float }}{% endfor %}",
        "{% for i in range(99999) %}{{ '%.400f' % 2.2250738585072014e-308 }}{{ 1.1|round(300) }}{{ 1e-300 }}{% endfor %}",
        "{% for i in range(99999) %}{{ strftime_now('%A %B %c') }}{% endfor %}",
        "{% set x = ('a' * 99 ~ 'b') * 2000 %}{% for i in range(99999) %}{{ x.splitlines()|length }}{{ x|wordcount }}{{ x.islower() }}{{ x.isalpha() }}{{ x|e|length }}{% endfor %}",
        // names
        "{% with a = 1 %}".repeat(90)
            + "{% for i in range(99999) %}{{ b }}{{ a }}{% endfor %}"
            + "{% endwith %}".repeat(90)
            + "{{ b.c }}",
        "{% for i in range(99999) %}{{ "
            + "n".repeat(60000)
            + " }}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        // lists that grow
        "{{ [1] * 999999999999 }}",
        "{% set ns = namespace(l=[1, 2]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
        "{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}{{ ns.l < ns.m }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l={}) %}{% for i in range(9999) %}{% set ns.l = {'a': ns.l} %}{% endfor %}{{ ns.l|tojson(indent=100) }}",
        "{% for i in range(99999) %}{{ range(99999)[::-1] }}{% endfor %}",
        "{% for i in range(99999) %}{{ range(50000)|sort(reverse=true)|list|length }}{% endfor %}",
        "{% for i in range(99999) %}{{ range(50000)|map('string')|join(',') }}{% endfor %}",
        "{% for i in range(99999) %}{{ range(50000)|select('in', range(50000))|list }}{% endfor %}",
        "{% for i in range(99999) %}{{ range(50000)|unique|list|batch(2147483647, 1)|list }}{% endfor %}",
        "{{ [1]|batch(999999999, 0)|list }}",
        "{{ range(99999999999) }}",
        "{% for i in range(99999) %}{{ dict(d)|length }}{{ d.items()|list|length }}{{ d|dictsort|length }}{% endfor %}",
        "{% for i in range(99999) %}{{ l[::-1]|length }}{{ (l + l)|length }}{{ l.index(-1) }}{% endfor %}",
        // recursion
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
        "{% macro m(n) %}{% if n < 40 %}{{ m(n + 1) }}{{ m(n + 1) }}{% endif %}{% endmacro %}{{ m(0) }}",
        "{% macro m(n) %}{% if n < 20 %}{{ m(n + 1) * 2 }}{{ m(n + 1) * 2 }}x{% endif %}{% endmacro %}{{ m(0) }}",
        "{% macro a(f) %}{{ f(f) }}{% endmacro %}{{ a(a) }}",
        "{% for x in [l] recursive %}{{ loop([l]) }}{% endfor %}",
        // numbers
        "{{ 9 ** 9 ** 9 ** 9 }}",
        "{{ 2 ** 9223372036854775807 }}",
        "{{ 1.5 ** 99999 }}",
        "{{ 9223372036854775807 + 1 }}",
        // nesting that only the parser sees
        "{{ " + "(".repeat(9000) + "1" + ")".repeat(9000) + " }}",
        "{{ " + "[".repeat(30000) + "1" + "]".repeat(30000) + " }}",
        "{{ " + "{'a':".repeat(9000) + "1" + "}".repeat(9000) + " }}",
        "{{ " + "-".repeat(60000) + "1 }}",
        "{{ " + "not ".repeat(15000) + "1 }}",
        "{{ " + "1 if ".repeat(10000) + "1" + " else 1".repeat(3000) + " }}",
        "{{ " + "x[".repeat(20000) + "1" + "]".repeat(20000) + " }}",
        "{{ " + "f(".repeat(20000) + ")".repeat(20000) + " }}",
        "{% if 1 %}".repeat(4000),
        "{% set " + "(".repeat(30000) + "x",
        "{{ 1" + " + 1".repeat(15000) + " }}",
        "{{ 1" + "|string".repeat(8000) + " }}",
        "{{ x" + ".a".repeat(30000) + " }}",
        "{{ 1" + " and 1".repeat(9000) + " }}",
        "{{ " + "1_".repeat(30000) + "1 }}",
        "{{ '" + "\\U0010FFFF".repeat(6000) + "' * 99999 }}",
        "{#".repeat(30000),
        "{% raw %}".repeat(7000),
        "{%".repeat(30000));
  }

  /** A thousand elements, and a thousand keys with one hash. */
  private static Map<String, Object> variables() {
    List<Object> list = new ArrayList<>();
    Map<String, Object> dict = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      list.add("element " + i);
      String key = "";
      for (int bit = 0; bit < 10; bit++) {
        key += (i >> bit & 1) == 0 ? "Aa" : "BB";
      }
      dict.put(key, i);
    }
    return Map.of("l", list, "d", dict);
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void aBombIsDefused(String bomb) {
    long best =
        Long.MAX_VALUE; // of several: what else the machine does is not the template's fault
    for (int attempt = 0; attempt < 60 && (attempt < 2 || best > NANOS_MAX / 2); attempt++) {
      long before = THREADS.getCurrentThreadCpuTime();
      assertThatThrownBy(() -> ChatTemplate.compile(bomb).render(variables()))
          .isExactlyInstanceOf(TemplateException.class);
      best = Math.min(best, THREADS.getCurrentThreadCpuTime() - before);
    }
    assertThat(best).as("nanoseconds of %.100s", bomb).isLessThan(NANOS_MAX);
  }

  @Test
  void theSmallStackOfAVirtualThreadIsEnough() throws InterruptedException {
    AtomicReference<String> failed = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (String bomb : bombs()) {
                    try {
                      ChatTemplate.compile(bomb).render(variables());
                      failed.set("no exception from " + bomb);
                    } catch (TemplateException e) {
                      assert e.getMessage() != null;
                    } catch (Throwable e) {
                      failed.set(e + " from " + bomb);
                    }
                  }
                });
    thread.join();
    assertThat(failed).hasValue(null);
  }

  @Test
  void theLimitsSayWhatTheyAre() {
    assertRefused(
        "x".repeat(ChatTemplate.SOURCE_UNITS_MAX + 1),
        "65537 characters, more than the limit of 65536");
    assertRefused(
        "a\n{{ 'x' * 2000000 }}", "line 2: the text grew past the limit of 1048576 characters");
    assertRefused(
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "ran out of fuel");
    assertRefused(
        "{{ " + "(".repeat(200) + ")".repeat(200) + " }}",
        "line 1: nested deeper than the limit of 100 levels");
    assertRefused(
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "nested deeper than the limit of 500 levels");
    assertRefused(
        "{{ range(100001) }}", "a range of 100001 numbers is more than the limit of 100000");
  }

  private static void assertRefused(String source, String message) {
    assertThatThrownBy(() -> ChatTemplate.compile(source).render(Map.of()))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aLongConversationIsNoBomb() {
    String chatMl =
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content|trim + '<|im_end|>' + '\n' }}{% endfor %}";
    List<Object> messages = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      messages.add(
          Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "word ".repeat(300)));
    }
    assertThat(ChatTemplate.compile(chatMl).render(Map.of("messages", messages)).text())
        .hasSizeGreaterThan(7_000_000);
  }

  @Test
  void manyShortMessagesAreNoBomb() throws IOException {
    String qwen =
        Files.readString(
            ChatTemplateGoldenTest.folder().resolve("templates/Qwen-Qwen3-0.6B.jinja"));
    List<Object> messages = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      messages.add(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "ok"));
    }
    assertThat(ChatTemplate.compile(qwen).render(Map.of("messages", messages)).text())
        .contains("<|im_start|>user\nok");
  }

  @Test
  void variablesThatContainThemselvesAreRefused() {
    List<Object> loop = new ArrayList<>();
    loop.add(loop);
    assertThatThrownBy(() -> ChatTemplate.compile("x").render(Map.of("l", loop)))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("nested deeper than the limit of 200 levels");
    try {
      ChatTemplate.compile("x").render(Map.of("o", new Object()));
      fail("an object of Java got in");
    } catch (TemplateException e) {
      assertThat(e)
          .hasMessageContaining("the variables hold a Object, which templates do not know");
    }
  }
}
