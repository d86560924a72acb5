package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.FetchException.Kind;

/** HTTP statuses in words. */
final class Statuses {
  private Statuses() {}

  /** What an answer that is not the wanted one means. */
  static FetchException failure(Answer answer) {
    int status = answer.status();
    String host = Origin.of(answer.uri()).host();
    return switch (status) {
      case 401, 403 ->
          new FetchException(
              Kind.REFUSED, host + " answers " + status + " (it wants a token, or refuses yours)");
      case 404, 410 ->
          new FetchException(Kind.REFUSED, host + " answers " + status + " (not there)");
      case 408, 425, 429, 500, 502, 503, 504 ->
          new FetchException(Kind.BROKEN, host + " answers " + status + " (busy or broken)");
      default -> new FetchException(Kind.REFUSED, host + " answers " + status);
    };
  }
}
