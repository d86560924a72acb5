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
}
