package dev.tangram.lab.random;

import dev.tangram.engine.file.gguf.GgufWriter;
import dev.tangram.kernel.Format;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes a GGUF file of random weights that engines load as they load the real model: {@code lab/run
 * generate SHAPE [FORMAT] FILE}. The text it makes means nothing; its speed and memory do, because
 * they do not depend on the values.
 */
public final class RandomModel {
  private static final long SEED = 20_261_123;
  private static final int CONTEXT = 40_960;
  private static final int PIECE_BYTES = 1 << 20;
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private RandomModel() {}

  public static void main(String[] args) throws IOException {
    if (args.length < 2 || args.length > 3) {
      throw new IllegalArgumentException("generate: needs a shape, perhaps a format, and a file");
    }
    RandomShape shape = RandomShape.of(args[0]);
    Format format = args.length == 3 ? Format.valueOf(args[1]) : Format.Q8_0;
    long weights = write(shape, format, Path.of(args[args.length - 1]));
    System.out.printf("%s: %.2f B weights, %s%n", shape.word(), weights / 1e9, format);
  }

  /** Writes the file, which must not exist; returns the number of weights. */
  static long write(RandomShape shape, Format format, Path path) throws IOException {
    List<Plan.Planned> plan = Plan.of(shape, format);
    SplittableRandom random = new SplittableRandom(SEED);
    long weights = 0;
    try (GgufWriter out = GgufWriter.create(path)) {
      keys(out, shape);
      vocabulary(out, shape.vocabulary);
      plan.forEach(tensor -> out.tensor(tensor.name(), tensor.format(), tensor.shape()));
      for (Plan.Planned tensor : plan) {
        weights += data(out, tensor, random);
      }
    }
    return weights;
  }

  private static void keys(GgufWriter out, RandomShape shape) {
    String a = shape.architecture + ".";
    out.string("general.architecture", shape.architecture)
        .string("general.name", "random " + shape.word())
        .integer(a + "block_count", shape.layers)
        .integer(a + "context_length", CONTEXT)
        .integer(a + "embedding_length", shape.width)
        .integer(
            a + "feed_forward_length",
            shape.feedForward > 0 ? shape.feedForward : shape.expertWidth)
        .integer(a + "attention.head_count", shape.heads)
        .integer(a + "attention.head_count_kv", shape.kvHeads)
        .integer(a + "attention.key_length", shape.headSize)
        .integer(a + "attention.value_length", shape.headSize)
        .number(a + "attention.layer_norm_rms_epsilon", 1e-6f)
        .number(a + "rope.freq_base", shape.ropeBase);
    if (shape.experts > 0) {
      out.integer(a + "expert_count", shape.experts)
          .integer(a + "expert_used_count", shape.expertsUsed)
          .integer(a + "expert_feed_forward_length", shape.expertWidth);
    }
    if (shape.sharedWidth > 0) {
      out.integer(a + "expert_shared_feed_forward_length", shape.sharedWidth);
    }
    if (shape.isHybrid()) {
      out.integer(a + "rope.dimension_count", shape.headSize / 4)
          .integers(a + "rope.dimension_sections", 11, 11, 10, 0)
          .integer(a + "full_attention_interval", 4)
          .integer(a + "ssm.conv_kernel", 4)
          .integer(a + "ssm.state_size", shape.stateSize)
          .integer(a + "ssm.group_count", shape.keyHeads)
          .integer(a + "ssm.time_step_rank", shape.valueHeads)
          .integer(a + "ssm.inner_size", (long) shape.valueHeads * shape.stateSize);
    }
  }

  /** The bytes, one merge, and fillers: engines insist on a vocabulary as large as the embedding. */
  private static void vocabulary(GgufWriter out, int size) {
    List<String> tokens = new ArrayList<>();
    int beyond = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(Character.toString(itself ? b : beyond++));
    }
    tokens.add("ab");
    while (tokens.size() < size - 1) {
      tokens.add("token" + tokens.size());
    }
    tokens.add("<|endoftext|>");
    int[] types = new int[size];
    Arrays.fill(types, 1);
    types[size - 1] = 3;
    out.string("tokenizer.ggml.model", "gpt2")
        .string("tokenizer.ggml.pre", "qwen2")
        .strings("tokenizer.ggml.tokens", tokens)
        .integers("tokenizer.ggml.token_type", types)
        .strings("tokenizer.ggml.merges", List.of("a b"))
        .integer("tokenizer.ggml.eos_token_id", size - 1L)
        .flag("tokenizer.ggml.add_bos_token", false);
  }

  private static long data(GgufWriter out, Plan.Planned tensor, SplittableRandom random)
      throws IOException {
    Format format = tensor.format();
    long elements = 1;
    for (long d : tensor.shape()) {
      elements *= d;
    }
    long blocks = elements / format.blockLength();
    int perPiece = PIECE_BYTES / format.blockBytes();
    double spread = 1 / Math.sqrt(tensor.shape()[0]);
    for (long done = 0; done < blocks; done += perPiece) {
      int count = (int) Math.min(perPiece, blocks - done);
      byte[] piece = new byte[count * format.blockBytes()];
      fill(piece, tensor, spread, random);
      out.data(MemorySegment.ofArray(piece));
    }
    return elements;
  }

  private static void fill(
      byte[] piece, Plan.Planned tensor, double spread, SplittableRandom random) {
    MemorySegment memory = MemorySegment.ofArray(piece);
    int block = tensor.format().blockBytes();
    switch (tensor.format()) {
      case F32 -> {
        for (int at = 0; at < piece.length; at += block) {
          memory.set(F32, at, value(tensor.values(), spread, random));
        }
      }
      case BF16 -> {
        for (int at = 0; at < piece.length; at += block) {
          float value = value(tensor.values(), spread, random);
          memory.set(HALF, at, (short) (Float.floatToRawIntBits(value) >>> 16));
        }
      }
      case Q8_0 -> quants(memory, block, spread / 73, random);
      case Q4_0 -> quants(memory, block, spread / 4.6, random);
      default ->
          throw new IllegalArgumentException(
              "format: found %s, allowed: BF16, Q8_0, Q4_0; quantize makes the others of BF16"
                  .formatted(tensor.format()));
    }
  }

  /** Blocks of random quants behind one scale. */
  private static void quants(
      MemorySegment memory, int block, double scale, SplittableRandom random) {
    byte[] bytes = new byte[(int) memory.byteSize()];
    random.nextBytes(bytes);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    short half = Float.floatToFloat16((float) scale);
    for (long at = 0; at < bytes.length; at += block) {
      memory.set(HALF, at, half);
    }
  }

  private static float value(Plan.Values values, double spread, SplittableRandom random) {
    return switch (values) {
      case WEIGHTS -> (float) (random.nextDouble(-1, 1) * spread * Math.sqrt(3));
      case ONES -> 1;
      case DECAYS -> (float) -random.nextDouble(0.5, 8);
      case SMALL -> (float) random.nextDouble(-0.1, 0.1);
    };
  }
}
