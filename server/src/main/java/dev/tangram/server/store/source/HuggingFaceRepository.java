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

/**
 * A repository of Hugging Face or of a mirror with the same API. The revision is pinned first, so
 * that listing and bytes belong together; the digest is the hub's own (the LFS object id).
 */
public record HuggingFaceRepository(
    String title,
    URI endpoint,
    boolean offline,
    Credentials credentials,
    String org,
    String repo,
    String quant)
    implements Source {

  @Override
  public Location locate(HttpFetcher fetcher, Connections connections)
      throws FetchException, InterruptedException {
    if (offline) {
      throw new FetchException(Kind.OFFLINE, "HF_HUB_OFFLINE is set");
    }
    URI about = Addresses.under(endpoint, "api", "models", org, repo);
    JsonNode model = Json.read(fetcher.read(about, "application/json", credentials));
    String revision =
        Json.text(model, "sha").matches("[0-9a-f]{40}") ? model.get("sha").textValue() : "main";
    URI tree =
        URI.create(
            Addresses.under(endpoint, "api", "models", org, repo, "tree", revision)
                + "?recursive=true");
    JsonNode listing = Json.read(fetcher.read(tree, "application/json", credentials));
    String license = Json.text(model.path("cardData"), "license");
    return CheckpointChoice.locate(
        candidates(listing),
        quant,
        file -> Addresses.under(endpoint, org, repo, "resolve", revision, file.path()),
        credentials,
        license,
        license.isEmpty() ? "" : "https://huggingface.co/" + org + "/" + repo);
  }

  private static List<Candidate> candidates(JsonNode listing) {
    List<Candidate> files = new ArrayList<>();
    for (JsonNode entry : listing) {
      if (Json.text(entry, "type").equals("file")) {
        String oid = Json.text(entry.path("lfs"), "oid").replace("sha256:", "");
        files.add(
            new Candidate(
                Json.text(entry, "path"), Json.count(entry, "size"), Sha256.isHex(oid) ? oid : ""));
      }
    }
    return files;
  }
}
