package dev.tangram.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** AD-2: a default that changes is a decision, so it fails here first. */
class ConfigTextTest {
  @Test
  void defaultsAreFrozen() throws IOException {
    String frozen;
    try (var resource = ConfigTextTest.class.getResourceAsStream("print-config.txt")) {
      frozen = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(ConfigText.of(ServerOptions.DEFAULT)).isEqualTo(frozen);
  }
}
