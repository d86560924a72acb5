package dev.tangram.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Server-sent events: one line of JSON each, no ids, no comments. */
public final class EventStream {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Exchange exchange;

  EventStream(Exchange exchange) {
    this.exchange = exchange;
  }

  /**
   * Sends one event and waits until the socket took it.
   *
   * @throws ClientGoneException if the client left or stalls
   */
  public void data(JsonNode event) {
    exchange.write(false, frame(event));
  }

  /** Sends {@code [DONE]} and ends the answer. */
  public void done() {
    exchange.write(true, ByteBuffer.wrap(DONE));
  }

  /** Sends an error as the last event; there is no {@code [DONE]} after it. */
  public void fail(ApiException error) {
    exchange.write(true, frame(error.body()));
  }

  private static ByteBuffer frame(JsonNode event) {
    byte[] json = Json.bytes(event);
    var bytes = new ByteArrayOutputStream(json.length + DATA.length + END.length);
    bytes.writeBytes(DATA);
    bytes.writeBytes(json);
    bytes.writeBytes(END);
    return ByteBuffer.wrap(bytes.toByteArray());
  }
}
