package dev.tangram.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** One turn of a chat: {@code system}, {@code user} or {@code assistant}, and its text. */
public record Message(String role, String content) {
  public Message {
    Objects.requireNonNull(role);
    Objects.requireNonNull(content);
  }

  public static Message system(String content) {
    return new Message("system", content);
  }

  public static Message user(String content) {
    return new Message("user", content);
  }

  public static Message assistant(String content) {
    return new Message("assistant", content);
  }

  /** As chat templates see it. */
  public Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("role", role);
    map.put("content", content);
    return map;
  }
}
