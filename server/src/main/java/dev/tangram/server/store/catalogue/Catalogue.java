package dev.tangram.server.store.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The models known by name: those that ship with Tangram, and those of the user. Immutable. */
public final class Catalogue {
  /** A user's own entries, in the store's folder; they win over shipped ones of the same name. */
  public static final String USER_FILE = "catalogue.json";

  private static final String LATEST = "latest";
  private static final long BYTES_MAX = 4 << 20;

  private static Catalogue shipped;

  private final Map<String, CatalogueEntry> entries;

  private Catalogue(Map<String, CatalogueEntry> entries) {
    this.entries = entries;
  }

  /** The catalogue that ships with Tangram; read once in a process. */
  public static synchronized Catalogue shipped() throws CatalogueException {
    if (shipped == null) {
      shipped = readShipped();
    }
    return shipped;
  }

  private static Catalogue readShipped() throws CatalogueException {
    try (InputStream in =
        Catalogue.class.getResourceAsStream("/dev/tangram/server/store/catalogue.json")) {
      if (in == null) {
        throw new IllegalStateException("The shipped catalogue is missing from this build");
      }
      return of(new CatalogueReader("catalogue.json (shipped)").read(in.readAllBytes()));
    } catch (CatalogueException e) {
      throw e;
    } catch (IOException e) {
      throw new CatalogueException("catalogue.json (shipped)", e);
    }
  }

  /** This catalogue with the entries of a file, if it exists. */
  public Catalogue with(Path file) throws IOException {
    if (!Files.exists(file)) {
      return this;
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new CatalogueException(
          file.toString(), "its end", "it is larger than " + BYTES_MAX + " bytes");
    }
    Map<String, CatalogueEntry> merged = new LinkedHashMap<>(entries);
    List<CatalogueEntry> own = new CatalogueReader(file.toString()).read(Files.readAllBytes(file));
    own.forEach(entry -> merged.put(entry.reference(), entry));
    return new Catalogue(merged);
  }

  private static Catalogue of(List<CatalogueEntry> list) {
    Map<String, CatalogueEntry> entries = new LinkedHashMap<>();
    list.forEach(entry -> entries.put(entry.reference(), entry));
    return new Catalogue(entries);
  }

  /** All entries in the order of the files. */
  public Collection<CatalogueEntry> entries() {
    return List.copyOf(entries.values());
  }

  /**
   * The entry of that name. The tag {@code latest} means the tag of that name, else the one marked
   * as default, else the only one.
   */
  public Optional<CatalogueEntry> find(String name, String tag) {
    CatalogueEntry exact = entries.get(name + ":" + tag);
    if (exact != null || !tag.equals(LATEST)) {
      return Optional.ofNullable(exact);
    }
    List<CatalogueEntry> named = named(name);
    // The last one marked wins, so that a user's file can move the mark.
    return named.stream()
        .filter(CatalogueEntry::preferred)
        .reduce((first, second) -> second)
        .or(() -> named.size() == 1 ? Optional.of(named.getFirst()) : Optional.empty());
  }

  /** All tags of a name. */
  public List<CatalogueEntry> named(String name) {
    List<CatalogueEntry> found = new ArrayList<>();
    for (CatalogueEntry entry : entries.values()) {
      if (entry.name().equals(name)) {
        found.add(entry);
      }
    }
    return found;
  }
}
