package dev.tangram.cli.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/** One message of a conversation. */
record Turn(String role, String content) {
  static Turn user(String content) {
    return new Turn("user", content);
  }

  static Turn assistant(String content) {
    return new Turn("assistant", content);
  }

  static Turn system(String content) {
    return new Turn("system", content);
  }

  /** As chat templates want it. */
  Map<String, Object> variables() {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("role", role);
    variables.put("content", content);
    return variables;
  }
}
