package dev.tangram.server.store.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
  private static String proxy(Map<String, String> env, String pip, String uri) {
    Proxy proxy = Proxies.of(env, Optional.ofNullable(pip)).select(URI.create(uri)).getFirst();
    return proxy.address() instanceof InetSocketAddress at
        ? at.getHostString() + ":" + at.getPort()
        : "";
  }

  @Test
  void prefersTheSpecificVariableThenAllThenPip() {
    Map<String, String> all = Map.of("ALL_PROXY", "http://all:1", "https_proxy", "https:2");
    assertThat(proxy(all, null, "https://a.org/")).isEqualTo("https:2");
    assertThat(proxy(all, null, "http://a.org/")).isEqualTo("all:1");
    assertThat(proxy(Map.of(), "http://pip:3", "https://a.org/")).isEqualTo("pip:3");
    assertThat(proxy(Map.of(), null, "https://a.org/")).isEmpty();
    assertThat(proxy(all, null, "http://127.0.0.1:8080/")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a.org, true",
    "sub.a.org, true",
    "ba.org, false",
    "b.org, true",
    "x.c.org, true",
    "d.org, true",
    "e.org, false"
  })
  void leavesExcludedHostsAlone(String host, boolean direct) {
    Map<String, String> env =
        Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", "a.org, b.org:443,.c.org *.d.org,d.org");
    assertThat(proxy(env, null, "https://" + host + "/").isEmpty()).isEqualTo(direct);
  }

  @Test
  void aPasswordInTheProxysAddressAnswersOnlyProxies() {
    Proxies proxies = Proxies.of(Map.of("HTTPS_PROXY", "http://u:p@proxy:1"), Optional.empty());
    assertThat(proxies.authenticator()).isPresent();
    assertThat(Proxies.of(Map.of(), Optional.empty()).authenticator()).isEmpty();
  }
}
