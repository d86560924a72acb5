package dev.tangram.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.cli.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Asks a running server what it has open, and closes models. */
public final class AdminClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 30_000;
  private static final int ANSWER_BYTES_MAX = 1 << 20;

  private final URI server;
  private final String apiKey;

  /**
   * @param apiKey what the server wants to see, empty for nothing
   */
  public AdminClient(URI server, String apiKey) {
    this.server = server;
    this.apiKey = apiKey;
  }

  public URI server() {
    return server;
  }

  /** What is open now. */
  public List<OpenModel> list() {
    List<OpenModel> models = new ArrayList<>();
    for (JsonNode model : call("GET", "/admin/v1/models").path("models")) {
      models.add(OpenModel.of(model));
    }
    return models;
  }

  /** Closes a model; what runs on it is cancelled. */
  public void unload(String name) {
    call(
        "DELETE",
        "/admin/v1/models/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"));
  }

  private JsonNode call(String method, String path) {
    try {
      // A server of ours is on this machine or named by the user: no proxy in between.
      var connection =
          (HttpURLConnection) server.resolve(path).toURL().openConnection(Proxy.NO_PROXY);
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      if (!apiKey.isEmpty()) {
        connection.setRequestProperty("Authorization", "Bearer " + apiKey);
      }
      int status = connection.getResponseCode();
      try (var body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        byte[] bytes = body == null ? new byte[0] : body.readNBytes(ANSWER_BYTES_MAX);
        if (status >= 400) {
          throw Failure.failed("the server at %s says: %s", server, errorOf(status, bytes));
        }
        return MAPPER.readTree(bytes);
      }
    } catch (ConnectException e) {
      throw Failure.failed(e, "no Tangram server answers at %s; tangram serve starts one", server);
    } catch (IOException e) {
      throw Failure.failed(e, "the server at %s did not answer: %s", server, e.getMessage());
    }
  }

  private static String errorOf(int status, byte[] body) throws IOException {
    try {
      String message = MAPPER.readTree(body).path("error").path("message").asText();
      return message.isEmpty() ? "HTTP " + status : message;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return "HTTP " + status;
    }
  }
}
