package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/**
 * A tool call that a model made.
 *
 * @param arguments a JSON object as text, as the wire has it
 */
record ToolCall(String id, String name, String arguments) {
  static ToolCall made(String name, String arguments) {
    return new ToolCall("call_" + UUID.randomUUID().toString().replace("-", ""), name, arguments);
  }

  /** The whole call. */
  void write(ObjectNode node) {
    writeHead(node, arguments);
  }

  /** What the first chunk of a call says: all but its arguments. */
  void writeHead(ObjectNode node) {
    writeHead(node, "");
  }

  private void writeHead(ObjectNode node, String text) {
    node.put("id", id).put("type", "function");
    node.putObject("function").put("name", name).put("arguments", text);
  }
}
