package dev.tangram.server.http;

/** Who may call a route. */
public enum Role {
  /** Anybody, without a key; such routes say nothing but a word. */
  PUBLIC,
  /** Whoever holds the API key, if one is set. */
  CLIENT,
  /** As CLIENT, and only from this machine. */
  ADMIN
}
