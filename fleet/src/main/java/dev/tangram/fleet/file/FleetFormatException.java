package dev.tangram.fleet.file;

/** A file that a user wrote is wrong; the message names file, line and field in one sentence. */
public final class FleetFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int line;
  private final String field;

  /**
   * @param line from 1
   * @param field path of the field, empty if the file as a whole is meant
   * @param found what is there, already quoted where it is text
   */
  public FleetFormatException(String file, int line, String field, String found, String allowed) {
    super(
        "%s, line %d: %sfound %s, allowed: %s"
            .formatted(file, line, field.isEmpty() ? "" : field + ": ", found, allowed));
    this.file = file;
    this.line = line;
    this.field = field;
  }

  public String file() {
    return file;
  }

  public int line() {
    return line;
  }

  public String field() {
    return field;
  }
}
