package dev.tangram.engine.quantize;

import dev.tangram.engine.file.gguf.GgufFile;
import dev.tangram.engine.file.gguf.GgufWriter;
import dev.tangram.engine.model.Golden;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.quant.Blocks;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A llama of random weights whose rows are whole blocks of 256: nothing falls back. */
final class WideModel {
  static final int LAYERS = 9;
  static final int WIDTH = 256;
  static final int VOCABULARY = 96;

  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Random random = new Random(9);
  private Format format = Format.F32;

  WideModel() {
    matrix("token_embd.weight", VOCABULARY);
    ones("output_norm.weight");
    matrix("output.weight", VOCABULARY);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "blk." + i + ".";
      ones(layer + "attn_norm.weight");
      ones(layer + "ffn_norm.weight");
      for (String name : new String[] {"attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down"}) {
        matrix(layer + name + ".weight", WIDTH);
      }
      matrix(layer + "attn_k.weight", WIDTH / 2);
      matrix(layer + "attn_v.weight", WIDTH / 2);
    }
    ones("rope_freqs.weight", 32);
  }

  /** What matrices are stored as. */
  WideModel stored(Format format) {
    this.format = format;
    return this;
  }

  WideModel set(String name, int index, float value) {
    values.get(name)[index] = value;
    return this;
  }

  float[] values(String name) {
    return values.get(name);
  }

  private void matrix(String name, int rows) {
    float[] x = new float[WIDTH * rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian() / 16;
    }
    shapes.put(name, new long[] {WIDTH, rows});
    values.put(name, x);
  }

  private void ones(String name) {
    ones(name, WIDTH);
  }

  private void ones(String name, int length) {
    float[] x = new float[length];
    Arrays.fill(x, 1);
    shapes.put(name, new long[] {length});
    values.put(name, x);
  }

  Path write(Path path) throws IOException {
    try (GgufFile golden = GgufFile.open(Golden.load("llama3").file());
        GgufWriter out = GgufWriter.create(path)) {
      out.metadata(golden.metadata())
          .integer("llama.embedding_length", WIDTH)
          .integer("llama.feed_forward_length", WIDTH)
          .integer("llama.block_count", LAYERS)
          .integer("llama.attention.head_count", 4)
          .integer("llama.attention.head_count_kv", 2)
          .integer("llama.attention.key_length", 64)
          .integer("llama.attention.value_length", 64)
          .integer("llama.rope.dimension_count", 64)
          .string("general.name", "wide");
      shapes.forEach((name, shape) -> out.tensor(name, format(shape), shape));
      for (String name : shapes.keySet()) {
        float[] x = values.get(name);
        Format to = format(shapes.get(name));
        byte[] bytes = new byte[x.length / to.blockLength() * to.blockBytes()];
        Blocks.write(to, x, 0, x.length, MemorySegment.ofArray(bytes), 0);
        out.data(MemorySegment.ofArray(bytes));
      }
    }
    return path;
  }

  private Format format(long[] shape) {
    return shape.length > 1 ? format : Format.F32;
  }
}
