package dev.tangram.engine.prompt;

import dev.tangram.engine.reply.Thinking;
import dev.tangram.engine.token.MarkedText;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A compiled Jinja chat template, rendered as transformers renders it: jinja2's immutable sandbox
 * with trim_blocks, lstrip_blocks and loop controls, {@code raise_exception}, {@code strftime_now},
 * its own {@code tojson} and {@code generation} blocks. Immutable and safe for many threads.
 *
 * <p>A template is code from a file: it runs on fuel, with limits on text and depth (see {@link
 * Budget}), and sees nothing but the variables it is given.
 */
public final class ChatTemplate {
  /** The longest template. */
  public static final int SOURCE_UNITS_MAX = 64 * 1024;

  private final List<Stmt> body;
  private final boolean mentionsThinking;
  private final Clock clock;

  private ChatTemplate(List<Stmt> body, boolean mentionsThinking, Clock clock) {
    this.body = body;
    this.mentionsThinking = mentionsThinking;
    this.clock = clock;
  }

  /**
   * Compiles a template.
   *
   * @param source at most 64 KiB
   * @throws TemplateException if it does not parse or uses something this interpreter does not
   *     know, with line
   */
  public static ChatTemplate compile(String source) {
    if (source.length() > SOURCE_UNITS_MAX) {
      throw new TemplateException(
          "the chat template has "
              + source.length()
              + " characters, more than the limit of "
              + SOURCE_UNITS_MAX);
    }
    return new ChatTemplate(
        Parser.parse(source), source.contains("think>"), Clock.systemDefaultZone());
  }

  /** This template with another idea of now, for {@code strftime_now}. */
  public ChatTemplate withClock(Clock clock) {
    return new ChatTemplate(body, mentionsThinking, Objects.requireNonNull(clock));
  }

  /**
   * How the reply to a prompt of this template is to be read: a model thinks if its template speaks
   * of the tags, and begins inside if the prompt ends with the opening one.
   */
  public Thinking thinking(MarkedText prompt) {
    if (!mentionsThinking) {
      return Thinking.NONE;
    }
    return prompt.text().stripTrailing().endsWith("<think>") ? Thinking.OPEN : Thinking.POSSIBLE;
  }

  /**
   * Renders a prompt. Text of the template is trusted in the result, text that comes from {@code
   * variables} is not; numbers, and punctuation of values shown whole, are not either. Trusted too
   * are bos_token, eos_token, and a message's role if it is one of the usual words.
   *
   * @param variables messages, tools, add_generation_prompt, enable_thinking, bos_token, eos_token,
   *     ...: null, Boolean, Number, String, List and Map (ordered) of these. An integer beyond 64
   *     bits becomes a float.
   * @throws TemplateException if the template raises (raise_exception), fails, runs out of fuel or
   *     passes the output cap
   */
  public MarkedText render(Map<String, Object> variables) {
    Rendering rendering = new Rendering(clock);
    try {
      Stmt.runAll(body, rendering, Variables.scope(variables, rendering));
      return rendering.out.toMarkedText();
    } catch (Fault fault) {
      throw new TemplateException(
          fault.raised
              ? "the chat template refused the messages: " + fault.getMessage()
              : "chat template line " + rendering.line + ": " + fault.getMessage());
    }
  }

  /**
   * Renders a conversation, with the variables transformers passes.
   *
   * @param messages in OpenAI's shape. Most templates write a tool call's {@code arguments} with
   *     tojson, so it should be the parsed object: a JSON string would be quoted once more.
   * @param tools null or empty for none
   * @param kwargs more variables, such as enable_thinking; they do not replace the others
   * @param bos the text of the model's first token; null if it has none
   * @param eos the text of the model's last token; null if it has none
   * @throws TemplateException as {@link #render(Map)}
   */
  public MarkedText render(
      List<Map<String, Object>> messages,
      List<Map<String, Object>> tools,
      boolean addGenerationPrompt,
      Map<String, Object> kwargs,
      String bos,
      String eos) {
    Map<String, Object> variables = new LinkedHashMap<>(kwargs);
    variables.remove("bos_token");
    variables.remove("eos_token");
    variables.put("messages", messages);
    variables.put("tools", tools == null || tools.isEmpty() ? null : tools);
    variables.put("documents", kwargs.get("documents"));
    variables.put("add_generation_prompt", addGenerationPrompt);
    if (bos != null) {
      variables.put("bos_token", bos);
    }
    if (eos != null) {
      variables.put("eos_token", eos);
    }
    return render(variables);
  }
}
