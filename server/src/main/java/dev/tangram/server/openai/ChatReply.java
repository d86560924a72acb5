package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.ChatPrompt;
import dev.tangram.engine.Generation;
import dev.tangram.engine.reply.CallStyle;
import dev.tangram.engine.reply.ReplyParser;
import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.engine.reply.Thinking;
import dev.tangram.schedule.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One choice of a chat completion: its text taken apart, its calls and reasoning counted. */
final class ChatReply {
  /**
   * What may be handed on.
   *
   * @param calls in the order they came; text between them stands in {@code content}
   */
  record News(String reasoning, String content, List<ToolCall> calls) {
    boolean isEmpty() {
      return reasoning.isEmpty() && content.isEmpty() && calls.isEmpty();
    }
  }

  private final ReplyParser parser;
  private final CallReader reader;
  private long reasoningTokens;
  private int calls;

  ChatReply(ChatFields fields, ChatPrompt prompt) {
    Thinking thinking = fields.separateReasoning() ? prompt.thinking() : Thinking.NONE;
    CallStyle style = prompt.calls();
    parser = new ReplyParser(thinking, style);
    reader = new CallReader(style, fields.tools());
  }

  News feed(Generation.Delta delta) {
    boolean before = parser.reasons();
    List<ReplyPart> parts = parser.feed(delta.text());
    // The tags' own tokens count too.
    if (before || parser.reasons()) {
      reasoningTokens++;
    }
    return news(parts);
  }

  /** The last text of the reply, and what was held back. */
  News finish(String text) {
    List<ReplyPart> parts = new ArrayList<>(parser.feed(text));
    parts.addAll(parser.finish());
    return news(parts);
  }

  private News news(List<ReplyPart> parts) {
    StringBuilder reasoning = new StringBuilder();
    StringBuilder content = new StringBuilder();
    List<ToolCall> made = new ArrayList<>();
    for (ReplyPart part : parts) {
      switch (part.kind()) {
        case REASONING -> reasoning.append(part.text());
        case CONTENT -> content.append(part.text());
        case CALL -> {
          Optional<ToolCall> call = reader.read(part.text());
          // What is no call after all is shown as it was written.
          call.ifPresentOrElse(made::add, () -> content.append(part.text()));
        }
      }
    }
    calls += made.size();
    return new News(reasoning.toString(), content.toString(), made);
  }

  long reasoningTokens() {
    return reasoningTokens;
  }

  /** As OpenAI spells it; calls that were cut leave {@code length}. */
  String reason(FinishReason reason) {
    return calls > 0 && reason == FinishReason.STOP ? "tool_calls" : Reply.reason(reason);
  }

  /** Reasoning goes under both names that clients look for. */
  static void putReasoning(ObjectNode node, String reasoning) {
    node.put("reasoning_content", reasoning).put("reasoning", reasoning);
  }
}
