package dev.tangram.server.store;

/** A model could not be pulled; the message is one sentence fit to be shown as it is. */
public final class PullException extends Exception {
  private static final long serialVersionUID = 1;

  /** What kind of failure, for exit codes and HTTP statuses. */
  public enum Reason {
    /** Neither the catalogue nor the named repository has such a model. */
    UNKNOWN_MODEL,
    /** No source could be reached or gave the file. */
    NO_SOURCE,
    /** Some source answered with other bytes than the pinned ones, and none with the right ones. */
    WRONG_DIGEST,
    /** The disk cannot hold the model. */
    DISK_FULL,
    /** Every source that is left needs a network that the user switched off. */
    OFFLINE,
    /** A setting (HF_ENDPOINT, pip's index, the user's catalogue) is wrong. */
    SETTINGS,
    /** The store's own folder cannot be read or written. */
    STORE
  }

  private final Reason reason;

  /** With the sentence that people will read. */
  public PullException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  /** With the sentence that people will read, and what lies behind it. */
  public PullException(Reason reason, String sentence, Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  /** What kind of failure. */
  public Reason reason() {
    return reason;
  }
}
