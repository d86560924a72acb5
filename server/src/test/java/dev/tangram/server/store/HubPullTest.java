package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References that no catalogue pins: hub repositories and addresses. */
class HubPullTest {
  private static final String REVISION = "0123456789012345678901234567890123456789";

  private final byte[] model = Models.bytes(200_000, 7);
  private final FakeSource hub = new FakeSource();
  private final FakeSource elsewhere = new FakeSource();
  private final Heard heard = new Heard();
  @TempDir private Path root;

  @AfterEach
  void stop() {
    hub.close();
    elsewhere.close();
  }

  private ModelStore store() throws IOException {
    Map<String, String> env = Models.env(hub.url(), elsewhere.url(), elsewhere.url());
    env.put("HF_TOKEN", "hf_secret");
    return Models.store(root, env);
  }

  private void publish(byte[] bytes, String sha256) {
    hub.document(
        "/api/models/acme/tiny-GGUF",
        "application/json",
        "{\"sha\": \"" + REVISION + "\", \"cardData\": {\"license\": \"mit\"}}");
    hub.document(
        "/api/models/acme/tiny-GGUF/tree/" + REVISION,
        "application/json",
        """
        [{"type": "file", "path": "README.md", "size": 5},
         {"type": "file", "path": "tiny-Q2_K.gguf", "size": 7, "lfs": {"oid": "%s", "size": 7}},
         {"type": "file", "path": "tiny-Q8_0.gguf", "size": %d, "lfs": {"oid": "%s"}}]
        """
            .formatted("0".repeat(64), bytes.length, sha256));
    hub.file("/acme/tiny-GGUF/resolve/" + REVISION + "/tiny-Q8_0.gguf", bytes);
  }

  @Test
  void choosesAFileAndChecksItAgainstTheHubsDigest() throws Exception {
    publish(model, Models.sha256(model));
    ModelReference reference = ModelReference.parse("hf.co/acme/tiny-GGUF");
    StoredModel stored = store().pull(reference, heard);
    assertThat(Files.readAllBytes(stored.file())).isEqualTo(model);
    assertThat(stored.license()).isEqualTo("mit");
    assertThat(stored.name()).isEqualTo("hf.co/acme/tiny-GGUF");
    assertThat(store().resolve(reference)).isEqualTo(stored);
    assertThat(hub.asked()).allMatch(asked -> "Bearer hf_secret".equals(asked.authorization()));
    // The same bytes under a second name are not fetched again.
    long served = hub.served.get();
    store().pull(ModelReference.parse("hf.co/acme/tiny-GGUF:q8_0"), heard);
    assertThat(hub.served.get() - served).isLessThan(2_000);
  }

  @Test
  void refusesBytesThatTheHubItselfDidNotPromise() throws Exception {
    publish(model, Models.sha256(new byte[1]));
    assertThatThrownBy(() -> store().pull(ModelReference.parse("hf.co/acme/tiny-GGUF"), heard))
        .hasMessageContaining("its sha256 is " + Models.sha256(model));
    assertThat(store().list()).isEmpty();
  }

  @Test
  void listsQuantizationsWhenTheWantedOneIsMissing() throws Exception {
    publish(model, Models.sha256(model));
    assertThatThrownBy(() -> store().pull(ModelReference.parse("hf.co/acme/tiny-GGUF:Q4_0"), heard))
        .hasMessageContaining("it has no Q4_0; it has Q2_K, Q8_0");
  }

  @Test
  void neverSendsTheTokenToAnotherOrigin() throws Exception {
    publish(model, Models.sha256(model));
    String path = "/acme/tiny-GGUF/resolve/" + REVISION + "/tiny-Q8_0.gguf";
    hub.redirect(path, elsewhere.url() + "/bucket/blob");
    elsewhere.file("/bucket/blob", model);
    store().pull(ModelReference.parse("hf.co/acme/tiny-GGUF"), heard);
    assertThat(elsewhere.asked()).isNotEmpty().allMatch(asked -> asked.authorization() == null);
    assertThat(hub.asked()).allMatch(asked -> asked.authorization() != null);
  }

  @Test
  void neverSendsTheTokenToTheMirror() throws Exception {
    assertThatThrownBy(() -> store().pull(ModelReference.parse("hf.co/acme/absent"), heard))
        .hasMessageContaining("answers 404");
    assertThat(elsewhere.asked()).isNotEmpty().allMatch(asked -> asked.authorization() == null);
  }

  @Test
  void givesUpAfterFiveRedirects() throws Exception {
    Models.catalogue(root, model, Models.HUB);
    hub.redirect(Models.HUB_PATH, Models.HUB_PATH);
    assertThatThrownBy(() -> store().pull(ModelReference.parse("tiny:1m"), heard))
        .hasMessageContaining("redirects more than 5 times");
  }

  @Test
  void takesAnAddressAndRecordsItsDigest() throws Exception {
    hub.file("/some/model.gguf", model);
    hub.etag = "\"v1\"";
    ModelReference address = new ModelReference.Address(URI.create(hub.url() + "/some/model.gguf"));
    StoredModel stored = store().pull(address, heard);
    assertThat(stored.sha256()).isEqualTo(Models.sha256(model));
    assertThat(stored.bytes()).isEqualTo(model.length);
  }

  @Test
  void takesAnAddressOfUnknownSize() throws Exception {
    hub.handler(
        "/chunked.gguf",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(model);
        });
    ModelReference address = new ModelReference.Address(URI.create(hub.url() + "/chunked.gguf"));
    assertThat(store().pull(address, heard).sha256()).isEqualTo(Models.sha256(model));
  }

  @Test
  void readsModelScopesListing() throws Exception {
    hub.document(
        "/api/v1/models/acme/tiny-GGUF/repo/files",
        "application/json",
        """
        {"Code": 200, "Data": {"Files": [
          {"Type": "tree", "Path": "folder", "Size": 0},
          {"Type": "blob", "Path": "tiny-q4_k_m.gguf", "Size": %d, "Sha256": "%s"}]}}
        """
            .formatted(model.length, Models.sha256(model)));
    hub.file("/models/acme/tiny-GGUF/resolve/master/tiny-q4_k_m.gguf", model);
    StoredModel stored = store().pull(ModelReference.parse("modelscope.cn/acme/tiny-GGUF"), heard);
    assertThat(Files.readAllBytes(stored.file())).isEqualTo(model);
    assertThat(hub.asked()).allMatch(asked -> asked.authorization() == null);
  }

  private final byte[] weights = Models.bytes(60_000, 8);
  private final byte[] config = "{\"model_type\": \"qwen2\"}".getBytes(StandardCharsets.UTF_8);

  private void publishCheckpoint(String more, String weightsSha256) {
    String at = "/api/models/acme/tiny";
    hub.document(at, "application/json", "{\"sha\": \"" + REVISION + "\"}");
    hub.document(
        at + "/tree/" + REVISION,
        "application/json",
        """
        [{"type": "file", "path": "README.md", "size": 5},
         {"type": "file", "path": "config.json", "size": %d},
         {"type": "file", "path": "pytorch_model.bin", "size": 9},
         {"type": "file", "path": "onnx/model.safetensors", "size": 9},
         {"type": "file", "path": "model.safetensors.index.json", "size": 2},
         {"type": "file", "path": "model-00001-of-00002.safetensors", "size": %d, "lfs": {"oid": "%s"}},
         {"type": "file", "path": "model-00002-of-00002.safetensors", "size": %d}%s]
        """
            .formatted(config.length, model.length, Models.sha256(model), weights.length, more)
            .replace(Models.sha256(model), weightsSha256));
    String files = "/acme/tiny/resolve/" + REVISION + "/";
    hub.file(files + "config.json", config);
    hub.file(files + "model.safetensors.index.json", new byte[] {'{', '}'});
    hub.file(files + "model-00001-of-00002.safetensors", model);
    hub.file(files + "model-00002-of-00002.safetensors", weights);
  }

  @Test
  void takesTheCheckpointOfARepositoryWithoutGguf() throws Exception {
    publishCheckpoint("", Models.sha256(model));
    ModelReference reference = ModelReference.parse("hf.co/acme/tiny");
    StoredModel stored = store().pull(reference, heard);
    assertThat(stored.file()).isDirectory();
    assertThat(stored.file().resolve("config.json")).hasBinaryContent(config);
    assertThat(stored.file().resolve("model-00001-of-00002.safetensors")).hasBinaryContent(model);
    assertThat(stored.file().resolve("model-00002-of-00002.safetensors")).hasBinaryContent(weights);
    try (var files = Files.list(stored.file())) {
      assertThat(files).hasSize(4).allMatch(file -> !file.toFile().canExecute());
    }
    assertThat(stored.bytes()).isEqualTo(config.length + 2 + model.length + weights.length);
    assertThat(store().resolve(reference)).isEqualTo(stored);
    assertThat(store().list()).containsExactly(stored);
    long served = hub.served.get();
    assertThat(store().pull(reference, heard)).isEqualTo(stored);
    assertThat(hub.served.get()).as("nothing is asked again").isEqualTo(served);
    assertThat(store().remove(reference)).isTrue();
    assertThat(stored.file()).doesNotExist();
    assertThat(store().list()).isEmpty();
  }

  @Test
  void aCheckpointWithOneWrongFileIsNotStored() throws Exception {
    publishCheckpoint("", Models.sha256(new byte[2]));
    assertThatThrownBy(() -> store().pull(ModelReference.parse("hf.co/acme/tiny"), heard))
        .hasMessageContaining("its sha256 is " + Models.sha256(model));
    assertThat(store().list()).isEmpty();
    try (var blobs = Files.list(root.resolve("blobs"))) {
      assertThat(blobs).isEmpty();
    }
  }

  @Test
  void aCheckpointWithAPieceMissingIsNotStored() throws Exception {
    publishCheckpoint("", Models.sha256(model));
    hub.status("/acme/tiny/resolve/" + REVISION + "/model-00002-of-00002.safetensors", 404);
    assertThatThrownBy(() -> store().pull(ModelReference.parse("hf.co/acme/tiny"), heard))
        .hasMessageContaining("answers 404");
    assertThat(store().list()).isEmpty();
    publishCheckpoint("", Models.sha256(model));
    hub.handler(
        "/acme/tiny/resolve/" + REVISION + "/model-00002-of-00002.safetensors",
        exchange -> {
          exchange.sendResponseHeaders(200, weights.length);
          exchange.getResponseBody().write(weights);
        });
    assertThat(store().pull(ModelReference.parse("hf.co/acme/tiny"), heard).file()).isDirectory();
  }

  @Test
  void ggufComesFirstUnlessTheCheckpointIsAskedFor() throws Exception {
    String gguf =
        ", {\"type\": \"file\", \"path\": \"tiny-Q8_0.gguf\", \"size\": %d}"
            .formatted(weights.length);
    publishCheckpoint(gguf, Models.sha256(model));
    hub.file("/acme/tiny/resolve/" + REVISION + "/tiny-Q8_0.gguf", weights);
    assertThat(store().pull(ModelReference.parse("hf.co/acme/tiny"), heard).file()).isRegularFile();
    assertThat(store().pull(ModelReference.parse("hf.co/acme/tiny:safetensors"), heard).file())
        .isDirectory();
  }

  @Test
  void aRepositoryWithNeitherSaysWhatIsMissing() throws Exception {
    publishCheckpoint("", Models.sha256(model));
    hub.document(
        "/api/models/acme/tiny/tree/" + REVISION,
        "application/json",
        "[{\"type\": \"file\", \"path\": \"model.safetensors\", \"size\": 9}]");
    assertThatThrownBy(() -> store().pull(ModelReference.parse("hf.co/acme/tiny"), heard))
        .hasMessageContaining("it has no GGUF file and no checkpoint: config.json is missing");
  }

  @Test
  void aFolderOnThisMachineIsUsedInPlace() throws Exception {
    Path folder = Files.createDirectories(root.resolve("mine"));
    ModelReference reference = ModelReference.parse(folder.toString());
    assertThatThrownBy(() -> store().resolve(reference))
        .hasMessageContaining("holds no model: it has no config.json");
    Files.write(folder.resolve("config.json"), config);
    Files.write(folder.resolve("model.safetensors"), weights);
    StoredModel found = store().resolve(reference);
    assertThat(found.file()).isEqualTo(folder);
    assertThat(found.bytes()).isEqualTo(config.length + weights.length);
  }
}
