package dev.tangram.engine.prompt;

/**
 * A name or attribute that does not exist: prints nothing, is false and empty, and refuses everything else.
 *
 * @param reason what to say when it is used
 */
record Undefined(String reason) {
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
