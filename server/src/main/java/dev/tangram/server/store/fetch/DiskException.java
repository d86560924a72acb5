package dev.tangram.server.store.fetch;

import java.io.IOException;

/** The disk failed, not the network: no other source can help. */
public final class DiskException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean full;

  /** A failure to write or read {@code what}. */
  public DiskException(String what, IOException cause) {
    super(what + ": " + cause.getMessage(), cause);
    this.full = isFull(cause);
  }

  /** Too little space is left, found out before writing. */
  public DiskException(String sentence) {
    super(sentence);
    this.full = true;
  }

  /** Whether the disk has no room. */
  public boolean full() {
    return full;
  }

  /**
   * Java has no exception type for a full disk: these are the words of Linux, macOS and Windows.
   */
  private static boolean isFull(IOException e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("No space left")
        || text.contains("Disk quota exceeded")
        || text.contains("not enough space");
  }
}
