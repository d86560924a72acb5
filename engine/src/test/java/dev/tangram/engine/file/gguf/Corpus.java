package dev.tangram.engine.file.gguf;

import dev.tangram.engine.file.PackedStrings;
import dev.tangram.kernel.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Valid files of every kind, which mutants start from: every value type, every tensor format, four
 * whole models.
 */
final class Corpus {
  private interface Content {
    void write(GgufWriter out) throws IOException;
  }

  private Corpus() {}

  static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    samples.add(sample("empty", _ -> {}));
    for (ValueType type : ValueType.values()) {
      if (type != ValueType.STRING && type != ValueType.ARRAY) {
        samples.add(sample("value." + type, out -> numbers(out, type)));
      }
    }
    samples.add(sample("value.strings", Corpus::strings));
    samples.add(sample("value.nested", Corpus::nested));
    for (Format format : Format.values()) {
      samples.add(sample("tensor." + format, out -> tensors(out, format)));
    }
    samples.add(
        sample(
            "alignment",
            out -> {
              out.alignment(8);
              tensors(out, Format.F16);
            }));
    samples.add(
        sample(
            "alignment.64",
            out -> {
              out.alignment(64);
              tensors(out, Format.Q8_0);
            }));
    samples.add(
        sample(
            "split",
            out -> {
              out.integer("split.count", 1).integer("split.no", 0);
              tensors(out, Format.BF16);
            }));
    byte[] second = sample("version.2", out -> tensors(out, Format.F32)).bytes();
    second[4] = 2;
    samples.add(Sample.of("version.2", second));
    for (String architecture :
        List.of(
            "qwen2", "qwen3", "llama", "gemma3", "qwen3moe", "qwen3next", "qwen35", "qwen35moe")) {
      samples.add(Sample.of("model." + architecture, TinyModel.of(architecture)));
    }
    return List.copyOf(samples);
  }

  private static Sample sample(String name, Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GgufWriter out = new GgufWriter(Channels.newChannel(bytes))) {
      content.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sample.of(name, bytes.toByteArray());
  }

  private static void numbers(GgufWriter out, ValueType type) {
    byte[] bytes = new byte[5 * type.leastBytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (type == ValueType.BOOL ? i & 1 : 31 * i + 5);
    }
    PackedNumbers array = new PackedNumbers(type, bytes);
    out.put("one", array.scalar(1))
        .put("many", array)
        .put("none", new PackedNumbers(type, new byte[0]));
  }

  private static void strings(GgufWriter out) {
    out.string("general.architecture", "none")
        .string("empty", "")
        .string("unicode", "Grüße, 世界 😀\u0000\n");
    out.strings(
        "tokenizer.ggml.tokens",
        IntStream.range(0, 40).mapToObj(i -> "tök" + "n".repeat(i % 7)).toList());
    out.strings("none", List.of()).string("tokenizer.chat_template", "{{ messages }}");
  }

  private static void nested(GgufWriter out) {
    List<?> pair = List.of(PackedNumbers.of(1, 2), PackedStrings.of(List.of("a", "bc")));
    out.put("two", pair)
        .put("three", List.of(pair, pair))
        .put("four", List.of(List.of(pair), List.of()));
  }

  private static void tensors(GgufWriter out, Format format) throws IOException {
    int block = format.blockLength();
    out.string("general.architecture", "none");
    out.tensor("one", format, block)
        .tensor("two", format, 2L * block, 3)
        .tensor("four", format, block, 2, 1, 2);
    SplittableRandom random = new SplittableRandom(format.ordinal());
    for (int blocks : new int[] {1, 6, 4}) {
      byte[] data = new byte[blocks * format.blockBytes()];
      random.nextBytes(data);
      out.data(MemorySegment.ofArray(data));
    }
  }
}
