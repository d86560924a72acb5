package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.schedule.FinishReason;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * What every object and chunk of one answer repeats.
 *
 * @param created seconds since 1970
 */
record Reply(String id, String model, long created) {
  static Reply begin(String prefix, String model) {
    String unique = UUID.randomUUID().toString().replace("-", "");
    return new Reply(prefix + unique, model, Instant.now().getEpochSecond());
  }

  /** The head of an object; its choices are still to be added. */
  ObjectNode object(String kind) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", kind)
        .put("created", created)
        .put("model", model);
  }

  /** As OpenAI spells it. */
  static String reason(FinishReason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
