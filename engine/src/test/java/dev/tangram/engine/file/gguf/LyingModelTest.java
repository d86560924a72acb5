package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.model.Models;
import dev.tangram.engine.token.Tokenizers;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * MF-3: files whose parts are sound and contradict each other are refused at load, before any
 * kernel is called.
 */
class LyingModelTest {
  /**
   * What the engine takes if it is there: a model without output.weight is tied, one without
   * divisors has a plain rope; biases and norms of queries and keys are not asked for by
   * architecture.
   */
  private static final Pattern OPTIONAL =
      Pattern.compile(
          "output\\.weight|rope_freqs\\.weight|.*\\.attn_.\\.bias|.*\\.attn_[qk]_norm\\.weight");

  static Stream<Arguments> lies() {
    return Stream.of(
        lie(
            "qwen2",
            out -> out.integer("qwen2.attention.head_count", 3),
            "qwen2.attention.head_count"),
        lie(
            "qwen2",
            out -> out.integer("qwen2.attention.head_count", 0),
            "qwen2.attention.head_count"),
        lie(
            "qwen2",
            out -> out.integer("qwen2.attention.head_count", -2),
            "qwen2.attention.head_count"),
        lie("qwen2", out -> out.integer("qwen2.attention.head_count_kv", 2), "blk.0.attn_k.weight"),
        lie(
            "qwen2",
            out -> out.integer("qwen2.attention.head_count_kv", 4),
            "qwen2.attention.head_count_kv"),
        lie(
            "qwen2",
            out -> out.integers("qwen2.attention.head_count_kv", 1, 2),
            "qwen2.attention.head_count_kv"),
        lie("qwen2", out -> out.integer("qwen2.block_count", 3), "blk.2.attn_norm.weight"),
        lie("qwen2", out -> out.integer("qwen2.block_count", 600_000), "qwen2.block_count"),
        lie("qwen2", out -> out.integer("qwen2.embedding_length", 64), "token_embd.weight"),
        lie("qwen2", out -> out.integer("qwen2.feed_forward_length", 96), "blk.0.ffn_gate.weight"),
        lie("qwen2", out -> out.integer("qwen2.context_length", 0), "qwen2.context_length"),
        lie("qwen2", out -> out.integer("qwen2.context_length", 1L << 40), "qwen2.context_length"),
        lie("qwen2", out -> out.number("qwen2.rope.freq_base", Float.NaN), "qwen2.rope.freq_base"),
        lie(
            "qwen2",
            out -> out.number("qwen2.attention.layer_norm_rms_epsilon", -1),
            "layer_norm_rms_epsilon"),
        lie("qwen2", out -> out.string("general.architecture", "mamba"), "general.architecture"),
        lie(
            "qwen3",
            out -> out.integer("qwen3.attention.key_length", 8),
            "qwen3.attention.value_length"),
        lie(
            "qwen3",
            out -> out.integer("qwen3.attention.value_length", 8),
            "qwen3.attention.value_length"),
        lie("llama", out -> out.integer("llama.vocab_size", 289), "llama.vocab_size"),
        lie(
            "llama",
            out -> out.integer("llama.rope.dimension_count", 32),
            "llama.rope.dimension_count"),
        lie(
            "gemma3",
            out -> out.integer("gemma3.attention.sliding_window", 0),
            "gemma3.attention.sliding_window"),
        lie(
            "qwen2",
            out -> out.strings("tokenizer.ggml.tokens", List.of("a", "b")),
            "tokenizer.ggml.to"),
        lie(
            "qwen2",
            out -> out.integer("tokenizer.ggml.eos_token_id", 288),
            "tokenizer.ggml.eos_token_id"),
        lie(
            "qwen2",
            out -> out.integer("tokenizer.ggml.bos_token_id", -1),
            "tokenizer.ggml.bos_token_id"),
        lie(
            "qwen2",
            out -> out.integers("tokenizer.ggml.token_type", 1, 1),
            "tokenizer.ggml.token_type"),
        lie(
            "qwen2",
            out -> out.strings("tokenizer.ggml.merges", List.of("nospace")),
            "tokenizer.ggml.merges"),
        lie("gemma3", out -> out.numbers("tokenizer.ggml.scores", 1f), "tokenizer.ggml.scores"),
        lie(
            "qwen2",
            out -> out.string("tokenizer.chat_template", "x".repeat(65_537)),
            "tokenizer.chat_template"));
  }

  @ParameterizedTest(name = "{index}: {0}, {2}")
  @MethodSource("lies")
  void isRefusedByName(String architecture, Consumer<GgufWriter> change, String named)
      throws IOException {
    refused(rewritten(architecture, change, Data.SAME, ""), named);
  }

  @Test
  void weightsThatAreNotFiniteAreRefusedByTensor() throws IOException {
    for (Tensor tensor : MemoryModelFile.of(TinyModel.of("llama"), "tiny").tensors().values()) {
      refused(rewritten("llama", _ -> {}, Data.NOT_FINITE, tensor.name()), tensor.name());
    }
  }

  @Test
  void tensorsThatAreMissingOrOfAnotherShapeAreRefusedByName() throws IOException {
    for (String architecture : Models.ARCHITECTURES) {
      for (Tensor tensor :
          MemoryModelFile.of(TinyModel.of(architecture), "tiny").tensors().values()) {
        if (!OPTIONAL.matcher(tensor.name()).matches()) {
          refused(rewritten(architecture, _ -> {}, Data.ABSENT, tensor.name()), tensor.name());
        }
        String named =
            tensor.name().equals("token_embd.weight") ? "tokenizer.ggml.tokens" : tensor.name();
        refused(rewritten(architecture, _ -> {}, Data.ONE_ROW_MORE, tensor.name()), named);
      }
    }
  }

  private enum Data {
    SAME,
    NOT_FINITE,
    ABSENT,
    ONE_ROW_MORE
  }

  private static Arguments lie(String architecture, Consumer<GgufWriter> change, String named) {
    return Arguments.of(architecture, change, named);
  }

  private static void refused(byte[] bytes, String named) {
    assertThatThrownBy(
            () -> {
              MemoryModelFile file = MemoryModelFile.of(bytes, "liar.gguf");
              Tokenizers.of(file.metadata(), "liar.gguf");
              Models.open(file, untouchable(), 4, 1).close();
            })
        .as(named)
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("liar.gguf: ")
        .hasMessageContaining(named);
  }

  /** Kernels that must not be called. */
  private static Kernels untouchable() {
    return (Kernels)
        Proxy.newProxyInstance(
            LyingModelTest.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (_, method, _) -> {
              throw new AssertionError("called " + method.getName());
            });
  }

  /** The tiny model with other metadata, and one tensor changed. */
  private static byte[] rewritten(
      String architecture, Consumer<GgufWriter> change, Data data, String changed)
      throws IOException {
    MemoryModelFile file = MemoryModelFile.of(TinyModel.of(architecture), "tiny");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GgufWriter out = new GgufWriter(Channels.newChannel(bytes))) {
      out.metadata(file.metadata());
      change.accept(out);
      List<byte[]> contents = new ArrayList<>();
      for (Tensor tensor : file.tensors().values()) {
        byte[] content = file.data(tensor).toArray(ValueLayout.JAVA_BYTE);
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        if (tensor.name().equals(changed)) {
          switch (data) {
            case SAME -> {}
            case ABSENT -> content = null;
            case NOT_FINITE -> spoil(tensor.format(), content);
            case ONE_ROW_MORE -> {
              shape[shape.length - 1]++;
              content =
                  new byte
                      [(int) (content.length / tensor.shape().getLast() * shape[shape.length - 1])];
            }
          }
        }
        if (content != null) {
          out.tensor(tensor.name(), tensor.format(), shape);
          contents.add(content);
        }
      }
      for (byte[] content : contents) {
        out.data(MemorySegment.ofArray(content));
      }
    }
    return bytes.toByteArray();
  }

  /** Makes the scale of the last block a NaN. */
  private static void spoil(Format format, byte[] content) {
    int last = content.length - format.blockBytes();
    MemorySegment bytes = MemorySegment.ofArray(content);
    if (format == Format.F32) {
      bytes.set(ValueLayout.JAVA_FLOAT_UNALIGNED, last, Float.NaN);
    } else {
      bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, last, Float.floatToFloat16(Float.NaN));
    }
  }
}
