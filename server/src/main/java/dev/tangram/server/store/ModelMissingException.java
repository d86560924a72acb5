package dev.tangram.server.store;

import java.io.IOException;

/** A model that was to be loaded is not in the store; the message says how to get it. */
public final class ModelMissingException extends IOException {
  private static final long serialVersionUID = 1;

  ModelMissingException(String sentence) {
    super(sentence);
  }
}
