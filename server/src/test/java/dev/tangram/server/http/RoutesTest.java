package dev.tangram.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.fake.TestServer;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void theTable() {
    assertThat(
            server.server().routes().stream()
                .map(r -> r.method() + " " + r.path() + " " + r.role()))
        .containsExactlyInAnyOrder(
            "GET /health PUBLIC",
            "GET /ready PUBLIC",
            "GET /metrics CLIENT",
            "GET /version CLIENT",
            "POST /v1/chat/completions CLIENT",
            "POST /v1/completions CLIENT",
            "POST /v1/embeddings CLIENT",
            "POST /v1/rerank CLIENT",
            "POST /rerank CLIENT",
            "GET /v1/models CLIENT",
            "GET /v1/models/{name} CLIENT",
            "GET /admin/v1/models ADMIN",
            "DELETE /admin/v1/models/{name} ADMIN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1",
        "/v1/",
        "/v2/models",
        "/v1/models/",
        "/V1/models",
        "/v1//models",
        "/v1/chat/completions/",
        "/v1/%6Dodels",
        "/docs",
        "/debug",
      })
  void whatIsNotInTheTableIsNotThere(String path) {
    var answer = server.get(path);
    assertThat(answer.statusCode()).isIn(400, 404);
    assertThat(TestServer.json(answer.body()).at("/error/message").asText()).isNotEmpty();
    assertThat(TestServer.json(answer.body()).at("/error").has("code")).isTrue();
  }

  @Test
  void wrongMethodSaysWhichAreAllowed() {
    var answer = server.get("/v1/chat/completions");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("POST");
    var options =
        server.send(
            HttpRequest.newBuilder(server.uri("/v1/models"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    assertThat(options.statusCode()).isEqualTo(405);
  }

  @Test
  void requestIdsAreKeptIfSane() {
    var kept =
        server.send(
            HttpRequest.newBuilder(server.uri("/health")).header("x-request-id", "abc-1.2"));
    assertThat(kept.headers().firstValue("x-request-id")).contains("abc-1.2");
    var replaced =
        server.send(HttpRequest.newBuilder(server.uri("/health")).header("x-request-id", "a b<c>"));
    assertThat(replaced.headers().firstValue("x-request-id").orElseThrow()).startsWith("req_");
  }

  @Test
  void modelsAreListedAndShown() {
    var list = TestServer.json(server.get("/v1/models").body());
    assertThat(list.at("/object").asText()).isEqualTo("list");
    assertThat(list.at("/data/0/id").asText()).isEqualTo("fake:latest");
    assertThat(list.at("/data/0/owned_by").asText()).isEqualTo("tangram");
    assertThat(list.at("/data/0/created").isNumber()).isTrue();
    for (String name : new String[] {"fake", "fake:latest", "fake%3Alatest"}) {
      var shown = server.get("/v1/models/" + name);
      assertThat(shown.statusCode()).as(name).isEqualTo(200);
      assertThat(TestServer.json(shown.body()).at("/id").asText()).isEqualTo("fake:latest");
    }
    var missing = server.get("/v1/models/hf.co%2Forg%2Frepo:Q4_K_M");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body())
        .contains("model_not_found")
        .contains("tangram pull hf.co/org/repo:Q4_K_M");
  }

  @Test
  void adminSeesAndUnloads() {
    server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\"}");
    var models = TestServer.json(server.get("/admin/v1/models").body());
    assertThat(models.at("/models/0/name").asText()).isEqualTo("fake:latest");
    assertThat(models.at("/models/0/memory_bytes").asLong()).isEqualTo(5000);
    assertThat(models.at("/models/0/context_length").asInt()).isEqualTo(4096);
    var delete = HttpRequest.newBuilder(server.uri("/admin/v1/models/fake")).DELETE();
    assertThat(server.send(delete).statusCode()).isEqualTo(200);
    assertThat(server.engine().isClosed()).isTrue();
    assertThat(server.send(delete).statusCode()).isEqualTo(404);
    assertThat(TestServer.json(server.get("/admin/v1/models").body()).at("/models")).isEmpty();
  }
}
