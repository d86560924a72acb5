package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.Usage;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.EventStream;
import dev.tangram.server.http.Exchange;

/**
 * What both kinds of stream share: the stream begins with the first event or the first heartbeat,
 * so an error before that still has a status of its own.
 */
final class Streaming {
  private final Exchange exchange;
  private final Reply reply;
  private final String kind;
  private final boolean includeUsage;
  private final UsageTotals totals;
  private EventStream events;

  Streaming(Exchange exchange, Reply reply, String kind, boolean includeUsage, UsageTotals totals) {
    this.exchange = exchange;
    this.reply = reply;
    this.kind = kind;
    this.includeUsage = includeUsage;
    this.totals = totals;
  }

  /** Begins the stream; false if it had begun before. */
  boolean begin() {
    if (events != null) {
      return false;
    }
    events = exchange.events();
    return true;
  }

  /** Sends a chunk with one choice. */
  void send(ObjectNode choice) {
    send(choice, null);
  }

  /** Sends a chunk with one choice and, unless null, the ids of its prompt. */
  void send(ObjectNode choice, int[] promptIds) {
    ObjectNode chunk = reply.object(kind);
    chunk.putArray("choices").add(choice);
    if (promptIds != null) {
      chunk.set("prompt_token_ids", Tokens.json(promptIds));
    }
    if (includeUsage) {
      chunk.putNull("usage");
    }
    events.data(chunk);
  }

  void count(int choice, Usage usage) {
    totals.add(choice, usage);
  }

  void complete() {
    if (includeUsage) {
      ObjectNode chunk = reply.object(kind);
      chunk.putArray("choices");
      chunk.set("usage", totals.json());
      events.data(chunk);
    }
    events.done();
  }

  void fail(ApiException error) {
    if (events == null) {
      throw error;
    }
    events.fail(error);
  }
}
