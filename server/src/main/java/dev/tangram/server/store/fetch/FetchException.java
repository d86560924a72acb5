package dev.tangram.server.store.fetch;

import java.io.IOException;

/**
 * A source did not give what was asked; the message is one line that says why, without its name.
 */
public final class FetchException extends IOException {
  private static final long serialVersionUID = 1;

  /** What may be done about it. */
  public enum Kind {
    /** No connection came about: the next source is tried at once. */
    UNREACHABLE,
    /** The connection broke or stalled, or the server is busy: worth another try here. */
    BROKEN,
    /** The server answered, but not with the file. */
    REFUSED,
    /** Our own rules forbid this address or redirect. */
    FORBIDDEN,
    /** The bytes are not the ones that were promised. */
    WRONG_DIGEST,
    /** The user switched this network off. */
    OFFLINE
  }

  private final Kind kind;

  /** With the line that people will read. */
  public FetchException(Kind kind, String line) {
    super(line);
    this.kind = kind;
  }

  /** With the line that people will read, and what lies behind it. */
  public FetchException(Kind kind, String line, Throwable cause) {
    super(line, cause);
    this.kind = kind;
  }

  /** What may be done about it. */
  public Kind kind() {
    return kind;
  }
}
