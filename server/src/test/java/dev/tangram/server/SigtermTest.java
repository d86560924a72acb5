package dev.tangram.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.fake.FakeServerMain;
import dev.tangram.server.fake.RawHttp;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A real process that is asked to stop. */
class SigtermTest {
  @Test
  void runningStreamIsFinished() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                FakeServerMain.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      int port = Integer.parseInt(out.readLine());
      try (var client = new RawHttp(port)) {
        client.send(
            RawHttp.post(
                "/v1/completions", "{\"model\":\"fake\",\"prompt\":\"Hi\",\"stream\":true}"));
        client.readUntil("\"text\":\"1\"", 10_000);
        process.destroy();
        client.read(5000);
        assertThat(client.text()).contains("\"text\":\"9\"").contains("data: [DONE]");
        assertThat(client.isClosed()).isTrue();
      }
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as("ended by SIGTERM").isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }
}
