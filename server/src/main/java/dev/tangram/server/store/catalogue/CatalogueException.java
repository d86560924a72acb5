package dev.tangram.server.store.catalogue;

import java.io.IOException;

/** A catalogue file is wrong; the message names file, entry and field. */
public final class CatalogueException extends IOException {
  private static final long serialVersionUID = 1;

  CatalogueException(String file, String where, String problem) {
    super("The model catalogue " + file + " is wrong at " + where + ": " + problem);
  }

  CatalogueException(String file, Throwable cause) {
    super("The model catalogue " + file + " is no JSON: " + firstLine(cause), cause);
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }
}
