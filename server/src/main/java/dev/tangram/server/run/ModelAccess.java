package dev.tangram.server.run;

import dev.tangram.server.host.Checkout;
import dev.tangram.server.host.Lease;
import dev.tangram.server.host.ModelHost;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.http.ClientGoneException;
import dev.tangram.server.http.Exchange;

/** Lends models to requests, or tells clients why not. */
public final class ModelAccess {
  private static final int RETRY_SECONDS = 5;

  private final ModelHost host;

  public ModelAccess(ModelHost host) {
    this.host = host;
  }

  /**
   * @throws ApiException 404, 500 or 503
   */
  public Lease lease(String name, Exchange exchange) throws InterruptedException {
    return switch (host.checkout(name, exchange::isClientGone)) {
      case Checkout.Ready(Lease lease) -> lease;
      case Checkout.Unknown() -> throw unknown(name);
      case Checkout.StillLoading() ->
          throw ApiException.unavailable(
              "model_loading", RETRY_SECONDS, "The model is being loaded. Retry in a moment.");
      case Checkout.NoRoom() ->
          throw ApiException.unavailable(
              "no_room", RETRY_SECONDS, "All places for models are taken by models at work.");
      case Checkout.Failed(String message) ->
          throw ApiException.failed(
              500, "model_failed", "The model could not be opened; the server's log says why.");
      case Checkout.Abandoned() -> throw new ClientGoneException("while its model was opened");
    };
  }

  /** 404 with what to do about it. */
  public static ApiException unknown(String name) {
    String shown = name.replaceAll("[^A-Za-z0-9._:/@-]", "?");
    return ApiException.modelNotFound(
        "The model '%s' does not exist here. To fetch it: tangram pull %s".formatted(shown, shown));
  }
}
