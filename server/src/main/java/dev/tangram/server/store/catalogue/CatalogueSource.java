package dev.tangram.server.store.catalogue;

import java.util.List;

/** Where the catalogue says that a model is. */
public sealed interface CatalogueSource {

  /** Which hub. */
  enum Hub {
    /** Hugging Face, or what {@code HF_ENDPOINT} names instead. */
    HUB,
    /** The public mirror of Hugging Face. */
    MIRROR,
    /** ModelScope. */
    MODELSCOPE
  }

  /**
   * A file of a hub repository {@code ORG/REPO}; of a model that is a folder, {@code file} is
   * empty.
   */
  record Repository(Hub hub, String repo, String revision, String file)
      implements CatalogueSource {}

  /**
   * Data members of Python wheels, to be concatenated in order; of a model that is a folder, one
   * wheel and the folder in it.
   */
  record Packages(List<Part> parts) implements CatalogueSource {
    public Packages {
      parts = List.copyOf(parts);
    }
  }

  /** One wheel and its data member. */
  record Part(String packageName, String version, String member) {}
}
