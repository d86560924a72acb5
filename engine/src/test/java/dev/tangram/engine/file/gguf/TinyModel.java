package dev.tangram.engine.file.gguf;

import dev.tangram.kernel.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Complete models of two layers with random weights and a tokenizer that knows single bytes: small
 * enough to be changed and loaded thousands of times. Deterministic.
 */
public final class TinyModel {
  private static final int WIDTH = 32;
  private static final int HEAD = 16;
  private static final int HEADS = 2;
  private static final int KV_HEADS = 1;
  private static final int FFN = 64;
  private static final int LAYERS = 2;
  private static final int VOCABULARY = 288;

  private record Weight(String name, Format format, long... shape) {}

  private final String architecture;
  private final List<Weight> weights = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(7);

  private TinyModel(String architecture) {
    this.architecture = architecture;
  }

  /** A whole file of one of qwen2, qwen3, llama and gemma3. */
  public static byte[] of(String architecture) {
    try {
      return new TinyModel(architecture).write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] write() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GgufWriter out = new GgufWriter(Channels.newChannel(bytes))) {
      parameters(out);
      if (architecture.equals("gemma3")) {
        sentencePieces(out);
      } else {
        bytePairs(out);
      }
      declareAll();
      for (Weight weight : weights) {
        out.tensor(weight.name(), weight.format(), weight.shape());
      }
      for (Weight weight : weights) {
        out.data(MemorySegment.ofArray(data(weight)));
      }
    }
    return bytes.toByteArray();
  }

  private void parameters(GgufWriter out) {
    String a = architecture + ".";
    out.string("general.architecture", architecture).string("general.name", "tiny " + architecture);
    out.integer(a + "block_count", LAYERS).integer(a + "context_length", 256);
    out.integer(a + "embedding_length", WIDTH).integer(a + "feed_forward_length", FFN);
    out.integer(a + "attention.head_count", HEADS).integer(a + "attention.head_count_kv", KV_HEADS);
    out.number(a + "rope.freq_base", 10_000f).number(a + "attention.layer_norm_rms_epsilon", 1e-6f);
    switch (architecture) {
      case "qwen3" -> {
        out.integer(a + "attention.key_length", HEAD).integer(a + "attention.value_length", HEAD);
        out.string(a + "rope.scaling.type", "yarn").number(a + "rope.scaling.factor", 4);
        out.integer(a + "rope.scaling.original_context_length", 64)
            .number(a + "rope.scaling.attn_factor", 1);
        out.number(a + "rope.scaling.yarn_beta_fast", 32)
            .number(a + "rope.scaling.yarn_beta_slow", 1);
      }
      case "gemma3" -> {
        out.integer(a + "attention.key_length", HEAD).integer(a + "attention.value_length", HEAD);
        out.integer(a + "attention.sliding_window", 4).number(a + "rope.freq_base_swa", 10_000);
        out.string(a + "rope.scaling.type", "linear").number(a + "rope.scaling.factor", 8);
      }
      case "llama" ->
          out.integer(a + "vocab_size", VOCABULARY).integer(a + "rope.dimension_count", HEAD);
      default -> {}
    }
  }

  private void declareAll() {
    matrix("token_embd.weight", Format.Q8_0, WIDTH, VOCABULARY);
    vector("output_norm.weight", WIDTH);
    if (architecture.equals("llama")) {
      matrix("output.weight", Format.F16, WIDTH, VOCABULARY);
      vector("rope_freqs.weight", HEAD / 2);
    }
    for (int layer = 0; layer < LAYERS; layer++) {
      String b = "blk." + layer + ".";
      vector(b + "attn_norm.weight", WIDTH);
      matrix(b + "attn_q.weight", Format.Q8_0, WIDTH, HEADS * HEAD);
      matrix(b + "attn_k.weight", Format.Q4_0, WIDTH, KV_HEADS * HEAD);
      matrix(b + "attn_v.weight", Format.F16, WIDTH, KV_HEADS * HEAD);
      matrix(b + "attn_output.weight", Format.Q8_0, HEADS * HEAD, WIDTH);
      if (architecture.equals("qwen2")) {
        vector(b + "attn_q.bias", HEADS * HEAD);
        vector(b + "attn_k.bias", KV_HEADS * HEAD);
        vector(b + "attn_v.bias", KV_HEADS * HEAD);
      }
      if (architecture.equals("qwen3") || architecture.equals("gemma3")) {
        vector(b + "attn_q_norm.weight", HEAD);
        vector(b + "attn_k_norm.weight", HEAD);
      }
      if (architecture.equals("gemma3")) {
        vector(b + "post_attention_norm.weight", WIDTH);
        vector(b + "post_ffw_norm.weight", WIDTH);
      }
      vector(b + "ffn_norm.weight", WIDTH);
      matrix(b + "ffn_gate.weight", Format.Q4_0, WIDTH, FFN);
      matrix(b + "ffn_up.weight", Format.Q8_0, WIDTH, FFN);
      matrix(b + "ffn_down.weight", Format.F32, FFN, WIDTH);
    }
  }

  private void vector(String name, long length) {
    weights.add(new Weight(name, Format.F32, length));
  }

  private void matrix(String name, Format format, long columns, long rows) {
    weights.add(new Weight(name, format, columns, rows));
  }

  private byte[] data(Weight weight) {
    long elements = 1;
    for (long size : weight.shape()) {
      elements *= size;
    }
    int blocks = (int) (elements / weight.format().blockLength());
    ByteBuffer data =
        ByteBuffer.allocate(blocks * weight.format().blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      switch (weight.format()) {
        case F32 -> data.putFloat(weight.shape().length == 1 ? 1 + small() : small());
        case F16 -> data.putShort(Float.floatToFloat16(small()));
        case Q8_0, Q4_0 -> {
          data.putShort(Float.floatToFloat16(weight.format() == Format.Q8_0 ? 0.001f : 0.02f));
          byte[] quants = new byte[weight.format().blockBytes() - 2];
          random.nextBytes(quants);
          data.put(quants);
        }
        default -> throw new IllegalStateException("no random data for " + weight.format());
      }
    }
    return data.array();
  }

  private float small() {
    return (random.nextFloat() - 0.5f) * 0.3f;
  }

  /** 256 bytes in GPT-2's alphabet, merges, control tokens, unused rows. */
  private void bytePairs(GgufWriter out) {
    List<String> tokens = new ArrayList<>();
    List<Integer> types = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      add(tokens, types, printable(i), 1);
    }
    List<String> merges = List.of("t h", "th e", "i n", "a n", "Ġ t", "e r", "Ġt he", "h e");
    for (String merge : merges) {
      String joined = merge.replace(" ", "");
      if (!tokens.contains(joined)) {
        add(tokens, types, joined, 1);
      }
    }
    int end = tokens.size();
    add(tokens, types, "<|endoftext|>", 3);
    add(tokens, types, "<|im_start|>", 3);
    add(tokens, types, "<|im_end|>", 3);
    add(tokens, types, "<tool_call>", 4);
    fill(tokens, types);
    out.string("tokenizer.ggml.model", "gpt2");
    out.string("tokenizer.ggml.pre", architecture.equals("llama") ? "llama-bpe" : "qwen2");
    vocabulary(out, tokens, types).strings("tokenizer.ggml.merges", merges);
    out.integer("tokenizer.ggml.eos_token_id", end + 2).integer("tokenizer.ggml.bos_token_id", end);
    out.integer("tokenizer.ggml.padding_token_id", end).flag("tokenizer.ggml.add_bos_token", false);
    out.string(
        "tokenizer.chat_template",
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n");
  }

  /** Four control tokens, 256 byte tokens, a few pieces. */
  private void sentencePieces(GgufWriter out) {
    List<String> tokens = new ArrayList<>();
    List<Integer> types = new ArrayList<>();
    for (String control : List.of("<pad>", "<eos>", "<bos>")) {
      add(tokens, types, control, 3);
    }
    add(tokens, types, "<unk>", 2);
    for (int i = 0; i < 256; i++) {
      add(tokens, types, "<0x%02X>".formatted(i), 6);
    }
    for (String piece : List.of("▁", "t", "h", "e", "a", "th", "the", "▁the", "▁a", "ä")) {
      add(tokens, types, piece, 1);
    }
    add(tokens, types, "<start_of_turn>", 3);
    add(tokens, types, "<end_of_turn>", 3);
    fill(tokens, types);
    float[] scores = new float[tokens.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = -i;
    }
    out.string("tokenizer.ggml.model", "llama").string("tokenizer.ggml.pre", "default");
    vocabulary(out, tokens, types).numbers("tokenizer.ggml.scores", scores);
    out.integer("tokenizer.ggml.bos_token_id", 2).integer("tokenizer.ggml.eos_token_id", 1);
    out.integer("tokenizer.ggml.unknown_token_id", 3).integer("tokenizer.ggml.padding_token_id", 0);
    out.flag("tokenizer.ggml.add_bos_token", true).flag("tokenizer.ggml.add_space_prefix", false);
  }

  private static GgufWriter vocabulary(GgufWriter out, List<String> tokens, List<Integer> types) {
    return out.strings("tokenizer.ggml.tokens", tokens)
        .integers(
            "tokenizer.ggml.token_type", types.stream().mapToInt(Integer::intValue).toArray());
  }

  private static void add(List<String> tokens, List<Integer> types, String token, int type) {
    tokens.add(token);
    types.add(type);
  }

  private static void fill(List<String> tokens, List<Integer> types) {
    for (int i = 0; tokens.size() < VOCABULARY; i++) {
      add(tokens, types, "[PAD" + i + "]", 5);
    }
  }

  /** GPT-2's character for a byte. */
  private static String printable(int value) {
    int moved = 0;
    for (int i = 0; i < value; i++) {
      moved += stands(i) ? 0 : 1;
    }
    return Character.toString(stands(value) ? value : 256 + moved);
  }

  private static boolean stands(int value) {
    return value >= 33 && value <= 126 || value >= 161 && value <= 172 || value >= 174;
  }
}
