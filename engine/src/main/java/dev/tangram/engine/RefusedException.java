package dev.tangram.engine;

import dev.tangram.schedule.Rejection;

/**
 * A request was refused by {@link Engine#chat}; servers use {@link Engine#submit} and see the
 * {@link Rejection}.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Rejection rejection;

  public RefusedException(Rejection rejection) {
    super(rejection.message());
    this.rejection = rejection;
  }

  public Rejection rejection() {
    return rejection;
  }
}
