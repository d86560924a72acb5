package dev.tangram.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.server.ServerOptions;
import dev.tangram.server.fake.RawHttp;
import dev.tangram.server.fake.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * AD-1: this machine only, unless somebody means it; no pages of other sites; keys that cannot be
 * guessed at.
 */
class GateTest {
  private static final String KEY = "sk-0123456789abcdef";

  @Test
  void emptyConfigurationListensOnLoopbackOnly() throws IOException {
    try (var server = TestServer.start()) {
      var others =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
              .toList();
      for (InetAddress address : others) {
        assertThatThrownBy(() -> new Socket(address, server.port()).close())
            .as(address.toString())
            .isInstanceOf(IOException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void publicBindNeedsBothWillAndKey(String host) {
    assertThatThrownBy(() -> ServerOptions.DEFAULT.withHost(host))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(host);
    assertThat(ServerOptions.DEFAULT.withPublicBind(host, ApiKey.of(KEY)).host()).isEqualTo(host);
  }

  @Test
  void publicServerServesItsAddressWithTheKey() {
    try (var server = TestServer.start(o -> o.withPublicBind("0.0.0.0", ApiKey.of(KEY)))) {
      assertThat(server.get("/health").statusCode()).isEqualTo(200);
      assertThat(server.get("/v1/models").statusCode()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LOCALHOST, 200",
    "localhost:1234, 200",
    "app.localhost, 200",
    "127.0.0.1, 200",
    "[::1], 200",
    "[::1]:80, 200",
    "192.168.1.7, 200",
    "models.example.org, 200",
    "Models.Example.org:443, 200",
    "example.org, 403",
    "evil.models.example.org, 403",
    "localhost.evil.org, 403",
    "127.0.0.1.evil.org, 403",
    "2130706433, 403",
  })
  void foreignHostsAreRefused(String host, int status) throws IOException {
    try (var server = TestServer.start(o -> o.withAllowedHosts(Set.of("models.example.org")));
        var client = new RawHttp(server.port())) {
      client.send("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read(300);
      assertThat(client.status()).as(client.text()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:3000, 200",
    "http://127.0.0.1:8080, 200",
    "http://[::1]:8080, 200",
    "https://models.example.org, 200",
    "https://evil.org, 403",
    "http://localhost.evil.org, 403",
    "http://192.168.1.7, 403",
    "null, 403",
    "file://, 403",
    "'', 403",
  })
  void foreignOriginsAreRefused(String origin, int status) throws IOException {
    try (var server = TestServer.start(o -> o.withAllowedHosts(Set.of("models.example.org")));
        var client = new RawHttp(server.port())) {
      client
          .send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n\r\n")
          .read(300);
      assertThat(client.status()).as(client.text()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer sk-0123456789abcdef, 200",
    "bearer sk-0123456789abcdef, 200",
    "Bearer sk-0123456789abcdee, 401",
    "Bearer sk-0123456789abcde, 401",
    "Bearer, 401",
    "Basic c2stMDEyMzQ1Njc4OWFiY2RlZg==, 401",
    "sk-0123456789abcdef, 401",
    "Bearer ' OR 1=1 --, 401",
  })
  void keyIsCompared(String authorization, int status) throws IOException {
    try (var server = TestServer.start(o -> o.withApiKey(ApiKey.of(KEY)));
        var client = new RawHttp(server.port())) {
      client
          .send(
              "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                  + authorization
                  + "\r\n\r\n")
          .read(300);
      assertThat(client.status()).as(client.text()).isEqualTo(status);
      if (status == 401) {
        assertThat(client.text())
            .containsIgnoringCase("www-authenticate: Bearer")
            .contains("invalid_api_key");
        assertThat(client.text()).doesNotContain(KEY);
      }
    }
  }

  @Test
  void everyRouteButTheProbesNeedsTheKey() throws IOException {
    try (var server = TestServer.start(o -> o.withApiKey(ApiKey.of(KEY)))) {
      for (Route route : server.server().routes()) {
        try (var client = new RawHttp(server.port())) {
          client
              .send(
                  "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
                      .formatted(route.method(), route.path().replace("{name}", "x")))
              .read(300);
          assertThat(client.status())
              .as(route.toString())
              .isEqualTo(route.role() == Role.PUBLIC ? 200 : 401);
        }
      }
      assertThat(server.get("/nothing").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void keyNeverShows() {
    assertThat(ServerOptions.DEFAULT.withApiKey(ApiKey.of(KEY)).toString()).doesNotContain(KEY);
  }
}
