package dev.tangram.server.store.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.server.store.catalogue.CatalogueSource.Packages;
import dev.tangram.server.store.catalogue.CatalogueSource.Part;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
  private static final String GOOD =
      """
      {"schema": 1, "models": [{"name": "tiny", "tag": "1m", "title": "Tiny", "family": "t",
        "parameters": "1M", "quantization": "Q8_0", "license": "MIT", "licenseUrl": "https://x.y",
        "context": 128, "file": {"name": "t.gguf", "bytes": 10, "sha256": "%s"},
        "sources": [{"type": "hub", "repo": "a/b", "file": "t.gguf"},
          {"type": "packages", "parts": [{"package": "p-q", "version": "1.0", "member": "p/t.bin"}]}
        ]}]}
      """
          .formatted("0".repeat(64));

  /** Frozen: a name that worked must go on meaning the same bytes. */
  @ParameterizedTest
  @CsvSource({
    "qwen2.5-coder, 0.5b, 491400064,"
        + " 1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32, 6",
    "qwen2.5-coder, 1.5b, 1117320768,"
        + " cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046, 22",
    "smollm2, 135m, 98362432, b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53, 1",
    "gemma3, 270m-base, 253113024,"
        + " a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818, 4",
    "qwen3, 0.6b, 639446688, 9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031, 0",
    "qwen3, 1.7b, 1834426016, 061b54daade076b5d3362dac252678d17da8c68f07560be70818cace6590cb1a, 0",
    "all-minilm, l6-v2, 91336289, d7a448150752de61419e4cb20e58831c1eaf477fa0d218a869f68bd0db28ce84,"
        + " 1",
    "qwen3, 4b, 2497280256, 7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5, 0",
  })
  void shipsThePinnedModels(String name, String tag, long bytes, String sha256, int parts)
      throws Exception {
    CatalogueEntry entry = Catalogue.shipped().find(name, tag).orElseThrow();
    assertThat(entry.bytes()).isEqualTo(bytes);
    assertThat(entry.sha256()).isEqualTo(sha256);
    int found = 0;
    for (CatalogueSource source : entry.sources()) {
      if (source instanceof Packages packages) {
        found += packages.parts().size();
        assertThat(packages.parts()).extracting(Part::packageName).doesNotHaveDuplicates();
      }
    }
    assertThat(found).isEqualTo(parts);
  }

  @Test
  void shipsNothingElse() throws Exception {
    assertThat(Catalogue.shipped().entries()).hasSize(8);
  }

  @Test
  void bareNamesMeanTheMarkedOrOnlyTag() throws Exception {
    Catalogue shipped = Catalogue.shipped();
    assertThat(shipped.find("qwen2.5-coder", "latest").orElseThrow().tag()).isEqualTo("0.5b");
    assertThat(shipped.find("qwen3", "latest").orElseThrow().tag()).isEqualTo("0.6b");
    assertThat(shipped.find("smollm2", "latest").orElseThrow().tag()).isEqualTo("135m");
    assertThat(shipped.find("nobody", "latest")).isEmpty();
  }

  @Test
  void aUsersFileAddsAndReplaces(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("catalogue.json");
    Files.writeString(file, GOOD.replace("tiny", "smollm2").replace("1m", "135m"));
    Catalogue merged = Catalogue.shipped().with(file);
    assertThat(merged.entries()).hasSize(8);
    assertThat(merged.find("smollm2", "135m").orElseThrow().bytes()).isEqualTo(10);
    Files.writeString(file, GOOD);
    assertThat(Catalogue.shipped().with(file).find("tiny", "latest")).isPresent();
    assertThat(Catalogue.shipped().with(folder.resolve("absent")).entries()).hasSize(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schema\": 1|\"schema\": 3|at schema: is 3, must be 1",
        "\"name\": \"tiny\"|\"name\": \"../x\"|models[0] name: it is \"../x\", must match",
        "\"tag\": \"1m\"|\"tag\": 7|models[0] (tiny) tag: it is 7",
        "\"bytes\": 10|\"bytes\": 0|models[0] (tiny:1m) file bytes: it is 0, must be an integer",
        "\"bytes\": 10|\"bytes\": 1e3|file bytes: it is 1000.0",
        "\"sha256\": \"0|\"sha256\": \"G|file sha256: it is",
        "\"title\": \"Tiny\",||title: it is missing",
        "\"https://x.y\"|\"http://x.y\"|licenseUrl: it is \"http://x.y\"",
        "\"type\": \"hub\"|\"type\": \"ftp\"|sources[0] type: it is \"ftp\", must match hub",
        "\"a/b\"|\"a/../b\"|sources[0] repo: it is",
        "\"member\": \"p/t.bin\"|\"member\": \"/etc/passwd\"|parts[0] member: it is"
            + " \"/etc/passwd\"",
        "\"schema\": 1,|\"schema\": 1, \"schema\": 1,|is no JSON: Duplicate",
        "{\"schema\"|{\"schema|is no JSON",
      })
  void namesFileEntryAndField(String good, String bad, String says) {
    String text = GOOD.replace(good, bad == null ? "" : bad);
    assertThat(text).isNotEqualTo(GOOD);
    assertThatThrownBy(
            () -> new CatalogueReader("own.json").read(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CatalogueException.class)
        .hasMessageStartingWith("The model catalogue own.json is ")
        .hasMessageContaining(says);
  }
}
