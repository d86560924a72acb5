package dev.tangram.server.store.source;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.fetch.Sha256;
import dev.tangram.server.store.source.GgufChoice.Candidate;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A repository of ModelScope; its listing carries a sha256 for each file. */
public record ModelScopeRepository(
    String title, URI endpoint, boolean offline, String org, String repo, String quant)
    implements Source {
  private static final String REVISION = "master";

  @Override
  public Location locate(HttpFetcher fetcher, Connections connections)
      throws FetchException, InterruptedException {
    if (offline) {
      throw new FetchException(Kind.OFFLINE, "HF_HUB_OFFLINE is set");
    }
    URI tree =
        URI.create(
            Addresses.under(endpoint, "api", "v1", "models", org, repo, "repo", "files")
                + "?Revision="
                + REVISION
                + "&Recursive=true");
    JsonNode listing = Json.read(fetcher.read(tree, "application/json", Credentials.NONE));
    return CheckpointChoice.locate(
        candidates(listing),
        quant,
        file -> Addresses.under(endpoint, "models", org, repo, "resolve", REVISION, file.path()),
        Credentials.NONE,
        "",
        "");
  }

  private static List<Candidate> candidates(JsonNode listing) {
    List<Candidate> files = new ArrayList<>();
    for (JsonNode entry : listing.path("Data").path("Files")) {
      if (!Json.text(entry, "Type").equals("tree")) {
        String sha256 = Json.text(entry, "Sha256").toLowerCase(Locale.ROOT);
        files.add(
            new Candidate(
                Json.text(entry, "Path"),
                Json.count(entry, "Size"),
                Sha256.isHex(sha256) ? sha256 : ""));
      }
    }
    return files;
  }
}
