package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Generation;
import dev.tangram.engine.reply.ReplyParser;
import dev.tangram.engine.reply.ReplyPart;
import dev.tangram.engine.reply.Thinking;
import java.util.ArrayList;
import java.util.List;

/** One choice of a chat completion: its text taken apart, its reasoning tokens counted. */
final class ChatReply {
  private final ReplyParser parser;
  private long reasoningTokens;

  ChatReply(Thinking thinking) {
    parser = new ReplyParser(thinking);
  }

  List<ReplyPart> feed(Generation.Delta delta) {
    boolean before = parser.inside();
    List<ReplyPart> parts = parser.feed(delta.text());
    // The tags' own tokens count too.
    if (before || parser.inside()) {
      reasoningTokens++;
    }
    return parts;
  }

  /** The last text of the reply, and what was held back. */
  List<ReplyPart> finish(String text) {
    List<ReplyPart> parts = new ArrayList<>(parser.feed(text));
    parts.addAll(parser.finish());
    return parts;
  }

  long reasoningTokens() {
    return reasoningTokens;
  }

  /** Writes the parts into a delta: reasoning under both names that clients look for. */
  static void write(List<ReplyPart> parts, ObjectNode delta) {
    String reasoning = text(parts, ReplyPart.Kind.REASONING);
    String content = text(parts, ReplyPart.Kind.CONTENT);
    if (!reasoning.isEmpty()) {
      putReasoning(delta, reasoning);
    }
    if (!content.isEmpty() || reasoning.isEmpty()) {
      delta.put("content", content);
    }
  }

  static void putReasoning(ObjectNode node, String reasoning) {
    node.put("reasoning_content", reasoning).put("reasoning", reasoning);
  }

  static String text(List<ReplyPart> parts, ReplyPart.Kind kind) {
    StringBuilder text = new StringBuilder();
    for (ReplyPart part : parts) {
      if (part.kind() == kind) {
        text.append(part.text());
      }
    }
    return text.toString();
  }
}
