package dev.tangram.engine.file.gguf;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@link Utf8} against the JDK's own strict decoder. */
class Utf8PropertyTest {
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer characters = CharBuffer.allocate(64);

  @Test
  void agreesOnEveryLeadAndSecondByte() {
    byte[] tails = {0x41, (byte) 0x80, (byte) 0xBF, (byte) 0xC0};
    for (int lead = 0; lead < 256; lead++) {
      for (int second = 0; second < 256; second++) {
        for (byte third : tails) {
          for (byte fourth : tails) {
            for (int length = 1; length <= 4; length++) {
              check(new byte[] {(byte) lead, (byte) second, third, fourth}, length, "exhaustive");
            }
          }
        }
      }
    }
  }

  @Test
  void agreesOnRandomBytes() {
    long seed = Long.getLong("seed", System.nanoTime());
    String replay =
        "seed=" + seed + ": mvn -pl engine -am test -Dtest=Utf8PropertyTest -Dseed=" + seed;
    System.out.println(replay);
    SplittableRandom random = new SplittableRandom(seed);
    int[] points = {0x24, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(8); n >= 0; n--) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      check(bytes, bytes.length, replay);
    }
  }

  private void check(byte[] bytes, int length, String replay) {
    ByteBuffer input = ByteBuffer.wrap(bytes, 0, length);
    CoderResult result = decoder.reset().decode(input, characters.clear(), true);
    int expected = result.isError() ? input.position() : -1;
    int found = Utf8.firstInvalid(bytes, 0, length);
    if (found != expected) {
      throw new AssertionError(
          "%s: found %d, expected %d; %s"
              .formatted(
                  java.util.HexFormat.of().formatHex(bytes, 0, length), found, expected, replay));
    }
  }
}
