package dev.tangram.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people type first. */
class CurlTest {
  private static Target target;

  @BeforeAll
  static void open() throws Exception {
    Outside.require("curl");
    target = Target.open();
  }

  @AfterAll
  static void close() {
    if (target != null) {
      target.close();
    }
  }

  private static String curl(String path, String... more) throws Exception {
    var command =
        new ArrayList<String>(List.of("curl", "-sS", "--max-time", "60", target.base() + path));
    command.addAll(List.of(more));
    var result = Outside.run(Path.of("."), Map.of(), command);
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  private static String chat(boolean stream) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":32,\"temperature\":0,\"stream\":%s}"
        .formatted(target.model(), stream);
  }

  @Test
  void chat() throws Exception {
    // Without a content type, as people type it: curl then says it is a form.
    var body = new ObjectMapper().readTree(curl("/v1/chat/completions", "-d", chat(false)));
    assertThat(body.at("/choices/0/message/role").asText()).isEqualTo("assistant");
    if (target.saysKnownText()) {
      assertThat(body.at("/choices/0/message/content").asText()).isEqualTo(Target.TEXT);
    }
  }

  @Test
  void stream() throws Exception {
    String text =
        curl(
            "/v1/chat/completions", "-N", "-H", "Content-Type: application/json", "-d", chat(true));
    assertThat(text).startsWith("data: {").endsWith("data: [DONE]\n\n");
  }

  @Test
  void largeBodyIsRefusedInWords() throws Exception {
    Path file = Files.createTempFile("tangram-large", ".json");
    try {
      Files.writeString(file, "{\"model\":\"x\",\"prompt\":\"" + "a".repeat(3 << 20) + "\"}");
      assertThat(curl("/v1/completions", "-d", "@" + file, "-w", "%{http_code}"))
          .contains("request_too_large")
          .endsWith("413");
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void health() throws Exception {
    assertThat(curl("/health")).isEqualTo("ok");
    curl("/v1/chat/completions", "-d", chat(false));
    assertThat(curl("/metrics")).contains("vllm:num_requests_running");
  }
}
