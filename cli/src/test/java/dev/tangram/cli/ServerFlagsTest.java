package dev.tangram.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFlagsTest {
  @ParameterizedTest
  @CsvSource({
    // --host, --port, TANGRAM_HOST, address
    ",,,http://127.0.0.1:8080",
    ",9000,,http://127.0.0.1:9000",
    "box,,,http://box:8080",
    ",,box,http://box:8080",
    ",,box:81,http://box:81",
    ",82,box:81,http://box:82",
    "other,,box:81,http://other:8080",
    ",,https://box:443,https://box:443",
    "::1,,,http://[::1]:8080"
  })
  void addresses(String host, Integer port, String variable, String address) {
    Map<String, String> env = variable == null ? Map.of() : Map.of("TANGRAM_HOST", variable);

    assertThat(ServerFlags.address(host, port, env)).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "box:99999", "http://", "/tmp/socket"})
  void othersAreRefused(String variable) {
    assertThatThrownBy(() -> ServerFlags.address(null, null, Map.of("TANGRAM_HOST", variable)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is no address of a server")
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(Failure.USAGE);
  }
}
