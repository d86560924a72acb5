package dev.tangram.kernel;

/** A kernel tier was asked for by name and cannot run here. */
public final class KernelUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KernelUnavailableException(String message) {
    super(message);
  }
}
