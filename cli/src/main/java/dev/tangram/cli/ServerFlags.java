package dev.tangram.cli;

import dev.tangram.cli.admin.AdminClient;
import java.net.URI;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the running server is, for {@code ps} and {@code stop}. */
final class ServerFlags {
  static final int PORT_DEFAULT = 8080;
  private static final int PORT_MAX = 65_535;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The server's host (default: TANGRAM_HOST or 127.0.0.1).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The server's port (default: that of TANGRAM_HOST or 8080).")
  private Integer port;

  AdminClient client(Map<String, String> env) {
    return new AdminClient(address(host, port, env), env.getOrDefault("TANGRAM_API_KEY", ""));
  }

  /**
   * {@code TANGRAM_HOST} is {@code HOST}, {@code HOST:PORT} or an http address; options win over
   * it.
   */
  static URI address(String host, Integer port, Map<String, String> env) {
    String text = env.getOrDefault("TANGRAM_HOST", "").strip();
    if (text.isEmpty() || host != null) {
      text = host == null ? "127.0.0.1" : host;
    }
    if (text.indexOf(':') >= 0
        && text.indexOf(':') != text.lastIndexOf(':')
        && !text.contains("[")
        && !text.contains("/")) {
      text = "[" + text + "]"; // a bare IPv6 address
    }
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      int chosen = port != null ? port : uri.getPort() > 0 ? uri.getPort() : PORT_DEFAULT;
      if (uri.getHost() != null && chosen >= 1 && chosen <= PORT_MAX) {
        return URI.create("%s://%s:%d".formatted(uri.getScheme(), uri.getHost(), chosen));
      }
    } catch (IllegalArgumentException e) {
      throw Failure.usage(
          "%s is no address of a server; allowed: HOST, HOST:PORT or http://HOST:PORT", text);
    }
    throw Failure.usage(
        "%s is no address of a server; allowed: HOST, HOST:PORT or http://HOST:PORT", text);
  }
}
