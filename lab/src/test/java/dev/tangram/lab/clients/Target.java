package dev.tangram.lab.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.tangram.engine.ModelUse;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.Templates;
import dev.tangram.server.fake.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * The server under test: {@code -Dtangram.test.baseUrl=http://127.0.0.1:8080} (and, if it does not
 * list the wanted model first, {@code -Dtangram.test.model}), else one in this process that says a
 * fixed text.
 */
final class Target implements AutoCloseable {
  /**
   * What the server in this process says, quickly but with a prefill that takes several heartbeats.
   */
  static final String TEXT = "H\u00e9llo, \ud83d\ude00 world!";

  /** Some client libraries want one. */
  static final String API_KEY = "sk-not-needed-here";

  private final String base;
  private final String model;
  private final TestServer inProcess;

  private Target(String base, String model, TestServer inProcess) {
    this.base = base;
    this.model = model;
    this.inProcess = inProcess;
  }

  static Target open() throws Exception {
    String base = System.getProperty("tangram.test.baseUrl");
    if (base != null) {
      String model = System.getProperty("tangram.test.model");
      return new Target(base, model == null ? firstModel(base) : model, null);
    }
    TestServer server = TestServer.start();
    server.engine().template(Templates.chatMl()).play(Script.saying(TEXT).prefill(350).every(2));
    return new Target("http://127.0.0.1:" + server.port(), "fake:latest", server);
  }

  /**
   * The same for embeddings: {@code -Dtangram.test.embeddingBaseUrl}, else a server in this process
   * whose vectors count letters.
   */
  static Target openEmbedding() throws Exception {
    String base = System.getProperty("tangram.test.embeddingBaseUrl");
    if (base != null) {
      return new Target(base, firstModel(base), null);
    }
    TestServer server = TestServer.start();
    server.engine().use(ModelUse.EMBED).play(Script.saying(""));
    return new Target("http://127.0.0.1:" + server.port(), "fake:latest", server);
  }

  private static String firstModel(String base) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create(base + "/v1/models")).build(),
              HttpResponse.BodyHandlers.ofString());
      return new ObjectMapper().readTree(answer.body()).at("/data/0/id").asText();
    }
  }

  /** Without a slash at the end and without {@code /v1}. */
  String base() {
    return base;
  }

  String model() {
    return model;
  }

  /** {@code openai-java}, checking every field that it reads. */
  OpenAIClient client() {
    return OpenAIOkHttpClient.builder()
        .baseUrl(base + "/v1")
        .apiKey(API_KEY)
        .responseValidation(true)
        .build();
  }

  /** True if the text is known to be {@link #TEXT}. */
  boolean saysKnownText() {
    return inProcess != null;
  }

  @Override
  public void close() {
    if (inProcess != null) {
      inProcess.close();
    }
  }
}
