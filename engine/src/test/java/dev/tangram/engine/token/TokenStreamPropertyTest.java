package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenStreamPropertyTest {
  /** A vocabulary of given byte strings; only decoding works. */
  private record Bytes(List<byte[]> tokens) implements Tokenizer {
    @Override
    public int vocabularySize() {
      return tokens.size();
    }

    @Override
    public int[] encode(MarkedText text) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] bytes(int id) {
      return tokens.get(id);
    }

    @Override
    public String piece(int id) {
      return HexFormat.of().formatHex(tokens.get(id));
    }

    @Override
    public boolean isControl(int id) {
      return tokens.get(id).length == 0;
    }

    @Override
    public OptionalInt begin() {
      return OptionalInt.empty();
    }

    @Override
    public Set<Integer> ends() {
      return Set.of();
    }

    @Override
    public OptionalInt id(String piece) {
      return OptionalInt.empty();
    }
  }

  @Test
  void textCutAnywhereIsGivenOutWholeAndEarly() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 0; n < 5_000; n++) {
      String text = Texts.wellFormed(random, 10);
      Bytes tokens = cut(text.getBytes(StandardCharsets.UTF_8), random);
      TokenStream stream = new TokenStream(tokens);
      StringBuilder out = new StringBuilder();
      int fed = 0;
      for (int id = 0; id < tokens.vocabularySize(); id++) {
        String delta = stream.feed(id);
        fed += tokens.bytes(id).length;
        assertThat(delta.isEmpty() || !Character.isHighSurrogate(delta.charAt(delta.length() - 1)))
            .isTrue();
        out.append(delta);
        int waiting = fed - out.toString().getBytes(StandardCharsets.UTF_8).length;
        assertThat(waiting).as("seed=%d", seed).isBetween(0, 3);
      }
      assertThat(stream.finish()).isEmpty();
      assertThat(out.toString()).as("seed=%d", seed).isEqualTo(text);
    }
  }

  /**
   * Java replaces as Unicode advises, except that an encoded surrogate is one replacement instead
   * of three.
   */
  @Test
  void brokenBytesCutAnywhereAreReplacedAsJavaDoes() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int[] tricky = {
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF
    };
    for (int n = 0; n < 50_000; n++) {
      byte[] bytes = new byte[random.nextInt(10)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) tricky[random.nextInt(tricky.length)];
        if (i > 0 && (bytes[i - 1] & 0xFF) == 0xED && (bytes[i] & 0xFF) >= 0xA0) {
          bytes[i] = 0x41;
        }
      }
      Bytes tokens = cut(bytes, random);
      TokenStream stream = new TokenStream(tokens);
      StringBuilder out = new StringBuilder();
      for (int id = 0; id < tokens.vocabularySize(); id++) {
        out.append(stream.feed(id));
      }
      out.append(stream.finish());
      assertThat(out.toString())
          .as("seed=%d, bytes %s", seed, HexFormat.of().formatHex(bytes))
          .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /** Replacements as Python 3 counts them for {@code bytes.decode("utf-8", "replace")}. */
  @ParameterizedTest
  @CsvSource({
    "eda080, 3",
    "edbfbf41, 4",
    "f09f98, 1",
    "f09f9841, 2",
    "f4908080, 4",
    "c0af, 2",
    "e08080, 3",
    "f0, 1",
    "e4bd, 1",
    "ffc3a9, 2",
    "c3c3a9, 2",
    "f0808080, 4",
    "80, 1"
  })
  void replacementsAreCountedAsPythonDoes(String hex, int length) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    String text = TokenStream.decode(new Bytes(List.of(bytes)), 0);
    assertThat(text).hasSize(length);
  }

  @Test
  void aStreamCanBeUsedAgainAfterItsEnd() {
    Bytes tokens =
        new Bytes(List.of(new byte[] {(byte) 0xE4}, "ok".getBytes(StandardCharsets.UTF_8)));
    TokenStream stream = new TokenStream(tokens);
    assertThat(stream.feed(0)).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
    assertThat(stream.feed(1)).isEqualTo("ok");
    assertThat(stream.finish()).isEmpty();
  }

  private static Bytes cut(byte[] bytes, SplittableRandom random) {
    List<byte[]> tokens = new ArrayList<>();
    ByteArrayOutputStream token = new ByteArrayOutputStream();
    for (byte b : bytes) {
      while (random.nextInt(3) == 0) {
        tokens.add(token.toByteArray());
        token.reset();
      }
      token.write(b);
    }
    tokens.add(token.toByteArray());
    return new Bytes(tokens);
  }
}
