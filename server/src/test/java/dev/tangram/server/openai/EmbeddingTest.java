package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.engine.GenerationRequest;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Readout;
import dev.tangram.schedule.CacheScope;
import dev.tangram.schedule.FinishReason;
import dev.tangram.server.fake.FakeEngine;
import dev.tangram.server.fake.FakeGeneration;
import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/embeddings}: shapes, forms, refusals, and what happens when a client leaves. */
class EmbeddingTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void reset() {
    server.engine().use(ModelUse.EMBED).play(Script.saying("")).roomFor(Integer.MAX_VALUE);
  }

  private static HttpResponse<String> post(String fields) {
    return server.post("/v1/embeddings", "{\"model\":\"fake\"," + fields + "}");
  }

  private static JsonNode answer(String fields) {
    HttpResponse<String> response = post(fields);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return TestServer.json(response.body());
  }

  private static float[] expected(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xff;
    }
    return FakeGeneration.values(
        GenerationRequest.reading(ids, Readout.EMBEDDING, CacheScope.LOCAL));
  }

  private static float[] floats(JsonNode array) {
    float[] floats = new float[array.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = array.get(i).floatValue();
    }
    return floats;
  }

  @Test
  void aTextHasOneVectorInOpenAisShape() {
    JsonNode answer = answer("\"input\":\"hello\"");
    assertThat(answer.get("object").asText()).isEqualTo("list");
    assertThat(answer.get("model").asText()).isEqualTo("fake:latest");
    assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(5);
    assertThat(answer.get("data")).hasSize(1);
    JsonNode one = answer.at("/data/0");
    assertThat(one.get("object").asText()).isEqualTo("embedding");
    assertThat(one.get("index").asInt()).isZero();
    assertThat(floats(one.get("embedding"))).isEqualTo(expected("hello"));
  }

  @Test
  void manyTextsComeInTheirOrderHoweverTheEngineEndsThem() {
    server
        .engine()
        .play(request -> Script.saying("").prefill(FakeEngine.text(request).hashCode() & 7));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      texts.add("text " + i);
    }
    JsonNode data = answer("\"input\":[\"" + String.join("\",\"", texts) + "\"]").get("data");
    for (int i = 0; i < texts.size(); i++) {
      assertThat(data.get(i).get("index").asInt()).isEqualTo(i);
      assertThat(floats(data.get(i).get("embedding"))).isEqualTo(expected(texts.get(i)));
    }
  }

  @Test
  void tokenIdsMeanTheSameAsTheirText() {
    JsonNode text = answer("\"input\":\"ab\"").at("/data/0/embedding");
    assertThat(answer("\"input\":[97,98]").at("/data/0/embedding")).isEqualTo(text);
    JsonNode two = answer("\"input\":[[97,98],[99]]").get("data");
    assertThat(two.get(0).get("embedding")).isEqualTo(text);
    assertThat(floats(two.get(1).get("embedding"))).isEqualTo(expected("c"));
  }

  @Test
  void base64IsLittleEndianFloats() {
    JsonNode text =
        answer("\"input\":\"hello\",\"encoding_format\":\"base64\"").at("/data/0/embedding");
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text.asText())).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(floats);
    assertThat(floats).isEqualTo(expected("hello"));
  }

  @Test
  void dimensionsCutAndNormaliseAgain() {
    float[] whole = expected("hello, hello");
    float[] cut =
        floats(answer("\"input\":\"hello, hello\",\"dimensions\":48").at("/data/0/embedding"));
    assertThat(cut).hasSize(48);
    double length = 0;
    double before = 0;
    for (int i = 0; i < 48; i++) {
      length += (double) cut[i] * cut[i];
      before += (double) whole[i] * whole[i];
    }
    assertThat(length).isCloseTo(1, within(1e-6));
    for (int i = 0; i < 48; i++) {
      assertThat((double) cut[i]).isCloseTo(whole[i] / Math.sqrt(before), within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"x\":1 | input | input: is missing",
        "\"input\":\"\" | input | empty string",
        "\"input\":[] | input | empty array",
        "\"input\":[[]] | input | input[0]: found an empty array",
        "\"input\":[\"a\",\"\"] | input | input[1]: found an empty string",
        "\"input\":[\"a\",5] | input | input[1]",
        "\"input\":[5,\"a\"] | input | something else among token ids",
        "\"input\":[-1] | input | something else among token ids",
        "\"input\":[[1],[99999]] | input | input[1]: found token id 99999",
        "\"input\":7 | input | input: found number",
        "\"input\":\"a\",\"dimensions\":0 | dimensions | allowed: 1 to",
        "\"input\":\"a\",\"dimensions\":65 | dimensions | found 65, allowed: 1 to 64",
        "\"input\":\"a\",\"dimensions\":\"x\" | dimensions | an integer",
        "\"input\":\"a\",\"encoding_format\":\"int8\" | encoding_format | allowed: float, base64",
        "\"input\":\"a\",\"truncate_prompt_tokens\":-2 | truncate_prompt_tokens | allowed",
        "\"input\":\"a\",\"truncate\":1 | truncate | true or false",
      })
  void badFieldsAreRefusedByName(String fields, String param, String message) {
    HttpResponse<String> response = post(fields);
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode error = TestServer.json(response.body()).get("error");
    assertThat(error.get("param").asText()).isEqualTo(param);
    assertThat(error.get("message").asText()).contains(message);
    assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
  }

  @Test
  void tooManyInputsAreRefused() {
    String many = String.join(",", Collections.nCopies(2049, "\"a\""));
    assertThat(post("\"input\":[" + many + "]").body()).contains("at most 2048");
  }

  @Test
  void aTextThatIsTooLongIsRefusedByItsIndexUnlessItMayBeCut() {
    String text = "x".repeat(FakeEngine.CONTEXT + 1);
    String fields = "\"input\":[\"a\",\"" + text + "\"]";
    HttpResponse<String> response = post(fields);
    assertThat(response.statusCode()).isEqualTo(400);
    JsonNode error = TestServer.json(response.body()).get("error");
    assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
    assertThat(error.get("param").asText()).isEqualTo("input");
    assertThat(error.get("message").asText()).startsWith("input[1]: found 4097 tokens");
    assertThat(response.body()).doesNotContain("xxx");

    assertThat(answer(fields + ",\"truncate_prompt_tokens\":-1").at("/usage/prompt_tokens").asInt())
        .isEqualTo(1 + FakeEngine.CONTEXT);
    assertThat(answer(fields + ",\"truncate\":true").at("/usage/prompt_tokens").asInt())
        .isEqualTo(1 + FakeEngine.CONTEXT);
    assertThat(answer(fields + ",\"truncate_prompt_tokens\":10").at("/usage/prompt_tokens").asInt())
        .isEqualTo(11);
  }

  /** A request of thousands of texts waits for its own places instead of being refused. */
  @Test
  void moreTextsThanTheLineHasPlacesAreServedAndMeteredOnce() throws Exception {
    server.engine().roomFor(5);
    int before = server.usages().size();
    String many = String.join(",", Collections.nCopies(500, "\"abc\""));
    assertThat(answer("\"input\":[" + many + "]").at("/usage/prompt_tokens").asInt())
        .isEqualTo(1500);
    assertThat(server.usages().size() - before).isEqualTo(500);
    server.engine().roomFor(0);
    HttpResponse<String> response = post("\"input\":\"a\"");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).contains("7");
  }

  @Test
  void aClientThatLeavesCancelsAllOfItsTexts() throws Exception {
    server.engine().play(Script.saying("").prefill(20_000));
    int before = server.engine().generations().size();
    try (var raw = new RawHttp(server.port())) {
      String many = String.join(",", Collections.nCopies(100, "\"abc\""));
      raw.send(RawHttp.post("/v1/embeddings", "{\"model\":\"fake\",\"input\":[" + many + "]}"));
      assertThat(
              TestServer.eventually(
                  Duration.ofSeconds(5), () -> server.engine().generations().size() == before + 64))
          .isTrue();
      raw.reset();
    }
    assertThat(TestServer.eventually(Duration.ofSeconds(3), () -> server.engine().live() == 0))
        .isTrue();
    assertThat(
            TestServer.eventually(
                Duration.ofSeconds(3),
                () ->
                    server.usages().stream()
                            .filter(u -> u.reason() == FinishReason.CANCELLED)
                            .count()
                        >= 64))
        .isTrue();
  }

  @Test
  void anEngineThatFailsIs500() {
    server.engine().play(Script.saying("").ending(FinishReason.ERROR));
    assertThat(post("\"input\":\"a\"").statusCode()).isEqualTo(500);
  }

  @Test
  void eachModelAnswersItsOwnRoutesOnly() {
    String chat = "{\"model\":\"fake\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";
    HttpResponse<String> response = server.post("/v1/chat/completions", chat);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("This is an embedding model: use /v1/embeddings.");
    response = server.post("/v1/completions", "{\"model\":\"fake\",\"prompt\":\"a\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    server.engine().use(ModelUse.GENERATE);
    response = post("\"input\":\"a\"");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(TestServer.json(response.body()).at("/error/param").asText()).isEqualTo("model");
    assertThat(response.body()).contains("a text generation model");
  }

  @Test
  void metricsCountTextsByVllmsNames() {
    answer("\"input\":\"count me\"");
    assertThat(server.get("/metrics").body())
        .contains("vllm:prompt_tokens_total{model_name=\"fake:latest\"}")
        .contains("finished_reason=\"stop\"");
  }
}
