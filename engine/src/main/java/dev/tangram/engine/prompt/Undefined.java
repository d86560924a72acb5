package dev.tangram.engine.prompt;

/**
 * A name or attribute that does not exist: prints nothing, is false and empty, and refuses everything else.
 *
 * @param reason what to say when it is used
 */
record Undefined(String reason) {
  static Undefined name(String name) {
    return new Undefined("'" + (name.length() > 60 ? name.substring(0, 60) : name) + "' is undefined");
  }

  Fault fault() {
    return new Fault(reason);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Undefined;
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
