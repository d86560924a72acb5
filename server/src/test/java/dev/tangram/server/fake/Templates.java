package dev.tangram.server.fake;

import dev.tangram.engine.prompt.ChatTemplate;

/** Chat templates for fakes. */
public final class Templates {
  private Templates() {}

  /** ChatML with tools. */
  public static ChatTemplate chatMl() {
    return ChatTemplate.compile(
        """
        {%- if tools %}<|im_start|>system
        Tools: {{ tools | tojson }}<|im_end|>
        {% endif %}
        {%- for message in messages %}<|im_start|>{{ message.role }}
        {{ message.content }}<|im_end|>
        {% endfor %}
        {%- if add_generation_prompt %}<|im_start|>assistant
        {% endif %}""");
  }

  /** ChatML of a model that reasons: it begins inside unless told not to. */
  public static ChatTemplate thinking() {
    return ChatTemplate.compile(
        """
        {%- for message in messages %}<|im_start|>{{ message.role }}
        {%- if message.reasoning_content %}<think>{{ message.reasoning_content }}</think>{% endif %}
        {{ message.content }}<|im_end|>
        {% endfor %}<|im_start|>assistant
        {% if enable_thinking is defined and enable_thinking is false -%}
        <think>\n\n</think>\n\n
        {%- else -%}
        <think>\n
        {%- endif %}""");
  }
}
