package dev.tangram.cli.chat;

import dev.tangram.engine.Engine;
import dev.tangram.engine.Message;
import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Turns to token ids: by the model's chat template, or as bare text for a model that has none. */
final class PromptWriter {
  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  /** @throws IllegalArgumentException if the model has no tokenizer */
  PromptWriter(Engine engine) {
    tokenizer =
        engine
            .tokenizer()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s has no tokenizer: it cannot read text (tangram logits takes ids)"
                            .formatted(engine.card().name())));
    template = engine.chatTemplate().orElse(null);
  }

  boolean hasTemplate() {
    return template != null;
  }

  int[] write(List<Message> turns) {
    return withBegin(tokenizer.encode(template == null ? bare(turns) : render(turns)));
  }

  private MarkedText render(List<Message> turns) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("messages", turns.stream().map(Message::asMap).toList());
    variables.put("add_generation_prompt", true);
    variables.put("bos_token", tokenizer.begin().isPresent() ? tokenizer.piece(tokenizer.begin().getAsInt()) : "");
    variables.put("eos_token", tokenizer.ends().stream().sorted().findFirst().map(tokenizer::piece).orElse(""));
    return template.render(variables);
  }

  private static MarkedText bare(List<Message> turns) {
    return MarkedText.plain(turns.getLast().content());
  }

  /** Templates may or may not write the beginning-of-text token themselves; a prompt has it once. */
  private int[] withBegin(int[] ids) {
    OptionalInt begin = tokenizer.begin();
    if (begin.isEmpty() || (ids.length > 0 && ids[0] == begin.getAsInt())) {
      return ids;
    }
    int[] all = new int[ids.length + 1];
    all[0] = begin.getAsInt();
    System.arraycopy(ids, 0, all, 1, ids.length);
    return all;
  }
}
