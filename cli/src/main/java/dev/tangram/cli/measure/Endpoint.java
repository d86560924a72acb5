package dev.tangram.cli.measure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.cli.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A server that streams chat completions.
 *
 * <p>Threads: any number; each call has its own connection.
 *
 * @param base up to and without {@code /chat/completions}, such as {@code http://host:8080/v1}
 * @param apiKey empty for none
 * @param model as the server calls it
 */
public record Endpoint(URI base, String apiKey, String model) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 600_000;
  private static final int ERROR_BYTES_MAX = 2_000;
  private static final String DATA = "data:";
  private static final double NANOS = 1e6;

  /**
   * Asks for exactly so many tokens, if the server knows {@code ignore_eos}, and reads them all.
   */
  public Timing ask(String prompt, int outputTokens) {
    try {
      var connection =
          (HttpURLConnection) URI.create(base + "/chat/completions").toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setRequestMethod("POST");
      connection.setRequestProperty("Content-Type", "application/json");
      if (!apiKey.isEmpty()) {
        connection.setRequestProperty("Authorization", "Bearer " + apiKey);
      }
      connection.setDoOutput(true);
      long asked = System.nanoTime();
      try (var out = connection.getOutputStream()) {
        out.write(body(prompt, outputTokens));
      }
      if (connection.getResponseCode() >= 400) {
        throw Failure.failed("the server at %s says: %s", base, error(connection));
      }
      return read(connection, asked);
    } catch (ConnectException e) {
      throw Failure.failed(e, "no server answers at %s", base);
    } catch (IOException e) {
      throw Failure.failed(e, "the server at %s did not answer: %s", base, e.getMessage());
    }
  }

  private byte[] body(String prompt, int outputTokens) throws JsonProcessingException {
    ObjectNode body = MAPPER.createObjectNode();
    body.put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    body.put("max_tokens", outputTokens);
    body.put("temperature", 0);
    body.put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    body.put("ignore_eos", true);
    return MAPPER.writeValueAsBytes(body);
  }

  private Timing read(HttpURLConnection connection, long asked) throws IOException {
    long first = 0;
    long last = 0;
    JsonNode usage = null;
    try (var lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith(DATA) || line.endsWith("[DONE]")) {
          continue;
        }
        JsonNode chunk = MAPPER.readTree(line.substring(DATA.length()));
        if (chunk.has("error")) {
          throw Failure.failed(
              "the server at %s says: %s", base, chunk.path("error").path("message").asText());
        }
        JsonNode delta = chunk.path("choices").path(0).path("delta");
        if (!delta.path("content").asText("").isEmpty()
            || !delta.path("reasoning_content").asText("").isEmpty()) {
          last = System.nanoTime();
          first = first == 0 ? last : first;
        }
        usage = chunk.hasNonNull("usage") ? chunk.get("usage") : usage;
      }
    }
    if (first == 0 || usage == null) {
      throw Failure.failed(
          "the server at %s sent %s, which a measurement needs",
          base, first == 0 ? "no text" : "no usage at the end of the stream");
    }
    int outputTokens = usage.path("completion_tokens").asInt();
    double tpot = outputTokens > 1 ? (last - first) / NANOS / (outputTokens - 1) : 0;
    return new Timing(
        (first - asked) / NANOS, tpot, usage.path("prompt_tokens").asInt(), outputTokens);
  }

  private static String error(HttpURLConnection connection) throws IOException {
    try (var in = connection.getErrorStream()) {
      byte[] bytes = in == null ? new byte[0] : in.readNBytes(ERROR_BYTES_MAX);
      String message = MAPPER.readTree(bytes).path("error").path("message").asText();
      return message.isEmpty() ? "HTTP " + connection.getResponseCode() : message;
    } catch (JsonProcessingException e) {
      return "HTTP " + connection.getResponseCode();
    }
  }
}
