package dev.tangram.server.http;

/**
 * The client left, or reads so slowly that the connection was cut. Nothing more can be told to it.
 */
public final class ClientGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientGoneException(String message) {
    super(message, null, false, false);
  }
}
