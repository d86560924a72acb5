package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, aliases, removal, and a folder that somebody tampered with. */
class ModelStoreTest {
  private static final ModelReference TINY = ModelReference.parse("tiny:1m");
  private static final ModelReference MINE = ModelReference.parse("mine:v1");

  private final byte[] model = Models.bytes(100_000, 10);
  private final FakeSource hub = new FakeSource().file(Models.HUB_PATH, model);
  @TempDir private Path temp;
  private Path root;

  @AfterEach
  void stop() {
    hub.close();
  }

  private ModelStore pulled() throws Exception {
    root = temp.resolve("store");
    Models.store(root, hub);
    Models.catalogue(root, model, Models.HUB);
    ModelStore store = Models.store(root, hub);
    store.pull(TINY, PullListener.SILENT);
    return store;
  }

  @Test
  void keepsOthersOutAndFilesUnchanged() throws Exception {
    StoredModel stored = pulled().resolve(TINY);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored.file())))
        .isEqualTo("r--r--r--");
  }

  @Test
  void aliasesShareTheFileUntilTheLastIsRemoved() throws Exception {
    ModelStore store = pulled();
    StoredModel alias = store.copy(TINY, MINE);
    assertThat(alias.file()).isEqualTo(store.resolve(TINY).file());
    assertThat(store.list()).extracting(StoredModel::name).containsExactly("mine:v1", "tiny:1m");
    assertThat(store.remove(TINY)).isTrue();
    assertThat(store.remove(TINY)).isFalse();
    assertThat(store.resolve(MINE).file()).exists();
    assertThat(store.remove(MINE)).isTrue();
    assertThat(alias.file()).doesNotExist();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void theLastNameTakesThePackedCopyAlong() throws Exception {
    ModelStore store = pulled();
    StoredModel alias = store.copy(TINY, MINE);
    assertThat(store.packedBytes(alias)).isEmpty();
    Path copy = ModelStore.packedCopies(root, 1).file(alias.file());
    assertThat(copy.getParent()).isEqualTo(root.resolve("packed"));
    Files.createDirectories(copy.getParent());
    Files.write(copy, new byte[123]);
    assertThat(store.packedBytes(alias)).hasValue(123);
    assertThat(store.remove(TINY)).isTrue();
    assertThat(copy).exists();
    assertThat(store.remove(MINE)).isTrue();
    assertThat(copy).doesNotExist();
  }

  @Test
  void bareNamesFindTheDefaultOrOnlyTag() throws Exception {
    ModelStore store = pulled();
    assertThat(store.resolve(ModelReference.parse("tiny")).name()).isEqualTo("tiny:1m");
    store.copy(TINY, MINE);
    assertThat(store.resolve(ModelReference.parse("mine")).name()).isEqualTo("mine:v1");
    store.copy(TINY, ModelReference.parse("mine:v2"));
    assertThat(store.find(ModelReference.parse("mine"))).isEmpty();
    store.copy(TINY, ModelReference.parse("mine:latest"));
    assertThat(store.resolve(ModelReference.parse("mine")).name()).isEqualTo("mine:latest");
  }

  @Test
  void anAliasCannotTakeANameOfTheCatalogue() throws Exception {
    ModelStore store = pulled();
    assertThatThrownBy(() -> store.copy(TINY, ModelReference.parse("qwen3:0.6b")))
        .hasMessage("The name qwen3:0.6b belongs to the catalogue; choose another");
    assertThatThrownBy(() -> store.copy(TINY, ModelReference.parse("pypi:x")))
        .hasMessageContaining("must have the form name:tag");
    assertThatThrownBy(() -> store.copy(MINE, ModelReference.parse("other:v1")))
        .isInstanceOf(ModelMissingException.class);
  }

  @Test
  void saysHowToGetWhatIsMissing() throws Exception {
    ModelStore store = pulled();
    assertThatThrownBy(() -> store.resolve(ModelReference.parse("smollm2:135m")))
        .isInstanceOf(ModelMissingException.class)
        .hasMessageContaining("get it with: tangram pull smollm2:135m");
    assertThatThrownBy(() -> store.resolve(ModelReference.parse("smollm3")))
        .hasMessageContaining(
            "The catalogue has no model smollm3:latest; it has qwen2.5-coder:0.5b");
    assertThatThrownBy(() -> store.resolve(ModelReference.parse("./absent.gguf")))
        .hasMessageStartingWith("There is no file /");
  }

  @Test
  void usesLocalFilesInPlace() throws Exception {
    ModelStore store = pulled();
    Path file = Files.write(temp.resolve("own.gguf"), model);
    ModelReference local = ModelReference.parse(file.toString());
    assertThat(store.resolve(local).file()).isEqualTo(file);
    assertThat(store.pull(local, PullListener.SILENT).bytes()).isEqualTo(model.length);
    assertThat(store.list()).hasSize(1);
    assertThatThrownBy(() -> store.remove(local)).isInstanceOf(IllegalArgumentException.class);
    assertThat(file).exists();
  }

  @Test
  void ignoresLinksWrongSizesAndPathsInManifests() throws Exception {
    ModelStore store = pulled();
    StoredModel stored = store.resolve(TINY);
    Path secret = Files.write(temp.resolve("secret"), model);
    Files.delete(stored.file());
    Files.createSymbolicLink(stored.file(), secret);
    assertThat(store.find(TINY)).isEmpty();
    Files.delete(stored.file());
    Files.write(stored.file(), new byte[5]);
    assertThat(store.find(TINY)).isEmpty();
    assertThat(store.pull(TINY, PullListener.SILENT).bytes())
        .as("repaired")
        .isEqualTo(model.length);
    assertThat(Files.readAllBytes(store.resolve(TINY).file())).isEqualTo(model);
    Path manifest;
    try (var files = Files.list(root.resolve("manifests"))) {
      manifest = files.findFirst().orElseThrow();
    }
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace(stored.sha256(), "../../secret"));
    assertThat(store.list()).isEmpty();
    Files.writeString(manifest, text.replace("tiny:1m", "other:1m"));
    assertThat(store.list()).as("a manifest under another's name").isEmpty();
    Files.writeString(manifest, text.substring(0, text.length() / 2));
    assertThat(store.list()).isEmpty();
    assertThatThrownBy(() -> new Blobs(root).path("../x"))
        .hasMessageContaining("is not 64 lower-case hex digits");
  }

  @Test
  void pullsAgainWhenTheCataloguePinsOtherBytes() throws Exception {
    ModelStore old = pulled();
    String before = old.resolve(TINY).sha256();
    byte[] newer = Models.bytes(100_000, 11);
    hub.file(Models.HUB_PATH, newer);
    Models.catalogue(root, newer, Models.HUB);
    StoredModel stored = Models.store(root, hub).pull(TINY, PullListener.SILENT);
    assertThat(stored.sha256()).isNotEqualTo(before).isEqualTo(Models.sha256(newer));
  }

  @Test
  void sweepsWhatACrashLeftBesideAFinishedModel() throws Exception {
    ModelStore store = pulled();
    String key = "sha256-" + store.resolve(TINY).sha256();
    Path left = Files.createDirectories(root.resolve("partial").resolve(key));
    Files.write(left.resolve("x.journal"), new byte[3]);
    store.pull(TINY, PullListener.SILENT);
    assertThat(left).doesNotExist();
  }

  @Test
  void sweepsDownloadsThatNobodyWentOnWith() throws Exception {
    pulled();
    Path old = Files.createDirectories(root.resolve("partial/sha256-old"));
    Path young = Files.createDirectories(root.resolve("partial/sha256-young"));
    Files.write(old.resolve("x.bytes"), new byte[3]);
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(15))));
    new Shelf(root).sweep(Instant.now());
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void chooseTheUsualFolderOfEachSystem() {
    Path home = Path.of("/home/ada");
    assertThat(DefaultRoot.of(Map.of(), "Linux", home))
        .isEqualTo(Path.of("/home/ada/.local/share/tangram/models"));
    assertThat(DefaultRoot.of(Map.of("XDG_DATA_HOME", "/data"), "Linux", home))
        .isEqualTo(Path.of("/data/tangram/models"));
    assertThat(DefaultRoot.of(Map.of("XDG_DATA_HOME", "relative"), "Linux", home))
        .isEqualTo(Path.of("/home/ada/.local/share/tangram/models"));
    assertThat(DefaultRoot.of(Map.of(), "Mac OS X", home))
        .isEqualTo(Path.of("/home/ada/Library/Application Support/tangram/models"));
    assertThat(DefaultRoot.of(Map.of("LOCALAPPDATA", "/l"), "Windows 11", home))
        .isEqualTo(Path.of("/l/tangram/models"));
    assertThat(DefaultRoot.of(Map.of("TANGRAM_MODELS", "/m"), "Linux", home))
        .isEqualTo(Path.of("/m"));
  }

  @Test
  void aWrongUserCatalogueIsNamed() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("wrong"));
    Files.writeString(folder.resolve("catalogue.json"), "{\"schema\": 2}");
    assertThatThrownBy(() -> Models.store(folder, hub))
        .hasMessageContaining(folder + "/catalogue.json is wrong at schema: is 2, must be 1");
  }
}
