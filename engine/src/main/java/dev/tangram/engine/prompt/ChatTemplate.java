package dev.tangram.engine.prompt;

import dev.tangram.engine.token.MarkedText;
import java.util.Map;

/** A compiled Jinja chat template. Immutable and safe for many threads. */
public final class ChatTemplate {
  private ChatTemplate() {}

  /**
   * Compiles a template.
   *
   * @param source at most 64 KiB
   * @throws TemplateException if it does not parse or uses something this interpreter does not know, with line
   */
  public static ChatTemplate compile(String source) {
    throw new UnsupportedOperationException("written by the prompt part");
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
    throw new UnsupportedOperationException("written by the prompt part");
  }
}
