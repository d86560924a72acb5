package dev.tangram.server.store.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SS-1, SS-2: where requests and secrets may go. */
class EgressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/a",
        "http://10.0.0.1/a",
        "http://127.0.0.1.evil.org/a",
        "http://localhost.evil.org/a",
        "http://2130706433/a",
        "http://0177.0.0.1/a",
        "file:/etc/passwd",
        "ftp://example.org/a",
        "//example.org/a",
        "/a"
      })
  void refusesAnythingButHttpsAndThisMachine(String text) {
    assertThatThrownBy(() -> Egress.checked(URI.create(text))).isInstanceOf(FetchException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/a",
        "http://127.0.0.1:8080/a",
        "http://localhost/a",
        "http://[::1]/a"
      })
  void allowsHttpsAndThisMachine(String text) throws Exception {
    assertThat(Egress.checked(URI.create(text))).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "https://93.184.215.14/a, http://93.184.215.14/b",
    "https://93.184.215.14/a, http://127.0.0.1/b",
    "https://93.184.215.14/a, https://127.0.0.1/b",
    "https://93.184.215.14/a, https://localhost/b",
    "https://93.184.215.14/a, https://169.254.169.254/latest",
    "https://93.184.215.14/a, https://[::1]/b",
    "https://93.184.215.14/a, https://[::ffff:127.0.0.1]/b",
    "https://93.184.215.14/a, https://[fe80::1]/b",
    "https://93.184.215.14/a, https://0.0.0.0/b",
    "https://93.184.215.14/a, https://user:pass@93.184.215.14/b",
    "https://93.184.215.14/a, file:///etc/passwd",
    "https://93.184.215.14/a, gopher://93.184.215.14/b",
    "http://127.0.0.1/a, http://93.184.215.14/b",
  })
  void refusesRedirects(String from, String to) {
    assertThatThrownBy(() -> Egress.redirected(URI.create(from), to, false))
        .isInstanceOf(FetchException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://93.184.215.14/a, /b, https://93.184.215.14/b",
    "https://93.184.215.14/a, https://10.1.2.3/b, https://10.1.2.3/b",
    "http://127.0.0.1:81/a, http://127.0.0.1:82/b, http://127.0.0.1:82/b",
  })
  void followsRedirects(String from, String location, String to) throws Exception {
    assertThat(Egress.redirected(URI.create(from), location, false)).hasToString(to);
  }

  @Test
  void secretsStayAtTheirOrigin() {
    Credentials secret = Credentials.bearer(URI.create("https://hub.example/x"), "hf_secret");
    assertThat(secret.headerFor(URI.create("https://HUB.example:443/y")))
        .contains("Bearer hf_secret");
    assertThat(secret.headerFor(URI.create("https://hub.example:444/y"))).isEmpty();
    assertThat(secret.headerFor(URI.create("http://hub.example/y"))).isEmpty();
    assertThat(secret.headerFor(URI.create("https://cdn.hub.example/y"))).isEmpty();
    assertThat(secret.toString()).doesNotContain("hf_secret");
  }
}
