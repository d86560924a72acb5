package dev.tangram.server.store.source;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.Document;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.fetch.RemoteFile;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The Python package indexes that pip on this machine uses (PEP 503 HTML, PEP 691 JSON). Only
 * listings are read, and only wheels are taken: they are plain zips, and no code of theirs ever
 * runs.
 */
final class PackageIndex {
  private static final String ACCEPT =
      "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2,"
          + " text/html;q=0.01";

  private final List<URI> indexes;
  private final boolean switchedOff;

  PackageIndex(List<URI> indexes, boolean switchedOff) {
    this.indexes = indexes;
    this.switchedOff = switchedOff;
  }

  /** Host names, for people. */
  String hosts() {
    return indexes.stream().map(Addresses::host).distinct().collect(Collectors.joining(", "));
  }

  /** The wheel of exactly this version, from the first index that has it. */
  Wheel wheel(HttpFetcher fetcher, String name, String version)
      throws FetchException, InterruptedException {
    Optional<PackageVersion> wanted = PackageVersion.parse(version);
    return pick(
        fetcher,
        name,
        version,
        wheels ->
            wheels.stream()
                .filter(w -> PackageVersion.parse(w.version()).equals(wanted))
                .min(Comparator.comparing(Wheel::yanked).thenComparing(Wheel::isSpecific)));
  }

  /** The newest wheel that is not withdrawn; pre-releases only if there is nothing else. */
  Wheel newest(HttpFetcher fetcher, String name) throws FetchException, InterruptedException {
    return pick(
        fetcher,
        name,
        "any version",
        wheels ->
            wheels.stream()
                .filter(w -> !w.yanked() && PackageVersion.parse(w.version()).isPresent())
                .max(
                    Comparator.comparing((Wheel w) -> !w.parsed().isPreRelease())
                        .thenComparing(Wheel::parsed)
                        .thenComparing(w -> !w.isSpecific())));
  }

  private interface Picker {
    Optional<Wheel> pick(List<Wheel> wheels);
  }

  private Wheel pick(HttpFetcher fetcher, String name, String version, Picker picker)
      throws FetchException, InterruptedException {
    if (switchedOff) {
      throw new FetchException(Kind.OFFLINE, "PIP_NO_INDEX is set");
    }
    FetchException failure = null;
    for (URI index : indexes) {
      try {
        Optional<Wheel> wheel = picker.pick(wheels(fetcher, index, name));
        if (wheel.isPresent()) {
          return wheel.get();
        }
        failure = new FetchException(Kind.REFUSED, "it has no wheel of " + name + " in " + version);
      } catch (FetchException e) {
        // The most telling failure is the first one: pip's main index.
        failure = failure == null ? e : failure;
      }
    }
    throw failure;
  }

  private static List<Wheel> wheels(HttpFetcher fetcher, URI index, String name)
      throws FetchException, InterruptedException {
    URI page = URI.create(Addresses.under(index, name) + "/");
    Credentials credentials = Credentials.userInfo(index);
    Document document;
    try {
      document = fetcher.read(page, ACCEPT, credentials);
    } catch (FetchException e) {
      throw new FetchException(e.kind(), e.getMessage() + ", asked for " + name, e);
    }
    return document.type().toLowerCase(Locale.ROOT).contains("json")
        ? fromJson(document, credentials)
        : SimplePage.wheels(document, credentials);
  }

  private static List<Wheel> fromJson(Document document, Credentials credentials)
      throws FetchException {
    List<Wheel> wheels = new ArrayList<>();
    for (JsonNode entry : Json.read(document).path("files")) {
      JsonNode yanked = entry.path("yanked");
      Wheel.of(
              document.uri(),
              Json.text(entry, "filename"),
              Json.text(entry, "url"),
              Json.text(entry.path("hashes"), "sha256"),
              yanked.isTextual() || yanked.asBoolean(false),
              credentials)
          .map(wheel -> wheel.withBytes(Json.count(entry, "size")))
          .ifPresent(wheels::add);
    }
    return wheels;
  }

  /**
   * A wheel of a listing.
   *
   * @param file its address, size and digest as far as the listing gives them
   */
  record Wheel(String filename, String version, RemoteFile file, boolean yanked) {

    /** Empty if the entry is no wheel, or its address is none. */
    static Optional<Wheel> of(
        URI page,
        String filename,
        String url,
        String sha256,
        boolean yanked,
        Credentials credentials) {
      String[] parts = filename.split("-");
      if (!filename.endsWith(".whl") || parts.length < 5 || url.isEmpty()) {
        return Optional.empty();
      }
      URI uri;
      try {
        uri = page.resolve(url);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
      String digest = sha256.toLowerCase(Locale.ROOT);
      boolean known = digest.matches("[0-9a-f]{64}");
      RemoteFile file = new RemoteFile(uri, credentials, -1, known ? digest : "", "");
      return Optional.of(new Wheel(filename, parts[1], file, yanked));
    }

    Wheel withBytes(long bytes) {
      RemoteFile sized =
          new RemoteFile(file.uri(), file.credentials(), bytes, file.sha256(), file.validator());
      return new Wheel(filename, version, sized, yanked);
    }

    /** Whether it is for one platform only. */
    boolean isSpecific() {
      return !filename.endsWith("-any.whl");
    }

    PackageVersion parsed() {
      return PackageVersion.parse(version).orElseThrow();
    }
  }
}
