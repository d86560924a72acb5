package dev.tangram.engine.prompt;

import dev.tangram.engine.prompt.Node.Statement;
import dev.tangram.engine.token.MarkedText;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A compiled Jinja chat template. It renders as the reference does ({@code trim_blocks} and {@code lstrip_blocks} on,
 * loop controls, {@code tojson} without escapes for HTML), but it has no way to reach a Java object, its steps and its
 * output are bounded, and it knows which characters of the prompt it wrote itself.
 *
 * <p>Immutable and safe for many threads.
 */
public final class ChatTemplate {
  /** Longest source. */
  public static final int SOURCE_MAX = 64 << 10;

  /** Variables whose text is the operator's, because the model file gives it. */
  private static final Set<String> TRUSTED = Set.of("bos_token", "eos_token", "pad_token", "unk_token");

  private final List<Statement> statements;
  private final Clock clock;

  private ChatTemplate(List<Statement> statements, Clock clock) {
    this.statements = statements;
    this.clock = clock;
  }

  /**
   * Compiles a template.
   *
   * @param source at most 64 KiB
   * @throws TemplateException if it does not parse or uses something this interpreter does not know, with line
   */
  public static ChatTemplate compile(String source) {
    return compile(source, Clock.systemDefaultZone());
  }

  static ChatTemplate compile(String source, Clock clock) {
    if (source.length() > SOURCE_MAX) {
      throw new TemplateException(
          "chat template: found %d characters, allowed: at most %d".formatted(source.length(), SOURCE_MAX));
    }
    return new ChatTemplate(Parser.parse(source), clock);
  }

  /**
   * Renders a prompt. Text that comes from {@code variables} is untrusted in the result, text of the template is
   * trusted.
   *
   * @param variables messages, tools, add_generation_prompt, enable_thinking, bos_token, eos_token, ...: null, Boolean,
   *     Long, Double, String, List and Map (ordered) of these. bos_token and eos_token are trusted.
   * @throws TemplateException if the template raises (raise_exception), runs out of fuel or passes the output cap
   */
  public MarkedText render(Map<String, Object> variables) {
    Object values = Values.of(variables, 0);
    Fuel fuel = new Fuel(Values.characters(values));
    Scope scope = Globals.scope(fuel, clock);
    ((Map<?, ?>) values)
        .forEach(
            (name, value) ->
                scope.set(
                    (String) name,
                    TRUSTED.contains(name) && value instanceof Text text ? Text.trusted(text.value()) : value));
    Text text = new Interpreter(fuel).run(statements, new Scope(scope));
    return new MarkedText(text.value(), text.trust());
  }
}
