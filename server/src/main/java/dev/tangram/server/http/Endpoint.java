package dev.tangram.server.http;

/** Answers requests of one route, on the request's own virtual thread. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Sends exactly one answer.
   *
   * @throws ApiException to answer with an error; allowed only before anything was sent
   * @throws ClientGoneException if nobody is there to be answered
   */
  void serve(Exchange exchange) throws InterruptedException;
}
