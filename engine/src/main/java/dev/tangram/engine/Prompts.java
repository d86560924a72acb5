package dev.tangram.engine;

import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.prompt.TemplateException;
import dev.tangram.engine.reply.CallStyle;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** From what a user wrote to the ids a model reads. */
public final class Prompts {
  private Prompts() {}

  /**
   * Renders a chat with the model's own template and cuts it into ids. Message text never becomes a
   * control token.
   *
   * @param messages role, content, tool_calls, ...: as in the OpenAI API, values as {@link
   *     ChatTemplate#render} takes them
   * @param tools function declarations; null or empty for none
   * @param arguments further template variables, such as enable_thinking; add_generation_prompt is
   *     true unless given
   * @throws TemplateException if the model has no tokenizer or no chat template, or its template
   *     refuses the messages
   */
  public static ChatPrompt chat(
      Engine engine,
      List<Map<String, Object>> messages,
      List<Map<String, Object>> tools,
      Map<String, Object> arguments) {
    Tokenizer tokenizer = tokenizer(engine);
    ChatTemplate template =
        engine
            .chatTemplate()
            .orElseThrow(
                () ->
                    new TemplateException(
                        "%s is a base model without a chat template; use /v1/completions"
                            .formatted(engine.card().name())));
    MarkedText prompt =
        template.render(
            messages,
            tools,
            !Boolean.FALSE.equals(arguments.get("add_generation_prompt")),
            arguments,
            spelling(tokenizer, tokenizer.begin()),
            endSpelling(tokenizer));
    return new ChatPrompt(
        withBegin(tokenizer, tokenizer.encode(prompt)),
        template.thinking(prompt),
        tools == null || tools.isEmpty() ? CallStyle.NONE : template.calls());
  }

  /** Cuts a raw prompt into ids; control tokens that the caller spells out are recognised. */
  public static int[] text(Engine engine, String text) {
    Tokenizer tokenizer = tokenizer(engine);
    return withBegin(tokenizer, tokenizer.encode(MarkedText.trusted(text)));
  }

  /** Cuts a text that an answer may copy into ids; nothing in it is a control token. */
  public static int[] prediction(Engine engine, String text) {
    return text.isEmpty() ? new int[0] : tokenizer(engine).encode(MarkedText.plain(text));
  }

  /**
   * Cuts a text that is to be embedded into ids, with what the model wants before and after it, as
   * the reference does: a control token that the text spells out is one.
   */
  public static int[] embedding(Engine engine, String text) {
    Tokenizer tokenizer = tokenizer(engine);
    int[] ids = tokenizer.encode(MarkedText.trusted(text));
    IntStream before = tokenizer.begin().stream();
    IntStream after = tokenizer.appended().stream();
    return IntStream.concat(IntStream.concat(before, IntStream.of(ids)), after).toArray();
  }

  /**
   * Shortens a text's ids to {@code tokensMax}, keeping what the model wants at the end of each
   * text.
   */
  public static int[] truncated(Engine engine, int[] ids, int tokensMax) {
    if (ids.length <= tokensMax) {
      return ids;
    }
    int[] shorter = Arrays.copyOf(ids, tokensMax);
    engine
        .tokenizer()
        .map(Tokenizer::appended)
        .ifPresent(last -> last.ifPresent(id -> shorter[tokensMax - 1] = id));
    return shorter;
  }

  private static Tokenizer tokenizer(Engine engine) {
    return engine
        .tokenizer()
        .orElseThrow(
            () ->
                new TemplateException(
                    "%s carries no tokenizer; give token ids".formatted(engine.card().name())));
  }

  /** Templates may write the beginning token themselves: it stands there once either way. */
  private static int[] withBegin(Tokenizer tokenizer, int[] ids) {
    OptionalInt begin = tokenizer.begin();
    if (begin.isEmpty() || (ids.length > 0 && ids[0] == begin.getAsInt())) {
      return ids;
    }
    int[] longer = new int[ids.length + 1];
    longer[0] = begin.getAsInt();
    System.arraycopy(ids, 0, longer, 1, ids.length);
    return longer;
  }

  private static String spelling(Tokenizer tokenizer, OptionalInt id) {
    return id.isPresent() ? tokenizer.piece(id.getAsInt()) : "";
  }

  private static String endSpelling(Tokenizer tokenizer) {
    return tokenizer.ends().stream().findFirst().map(tokenizer::piece).orElse("");
  }
}
