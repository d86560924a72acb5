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
  private static final int EXPERTS = 4;
  private static final int EXPERT_FFN = 32;

  /** Of a DeltaNet layer: one key head, two value heads, all of 16. */
  private static final int INNER = 32;

  private static final int CHANNELS = 64;
  private static final int TAPS = 4;

  private record Weight(String name, Format format, long... shape) {}

  private final String architecture;
  private final List<Weight> weights = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(7);

  private TinyModel(String architecture) {
    this.architecture = architecture;
  }

  /** A whole file of one of the engine's architectures; that of qwen35 has an MTP head. */
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
    out.integer(a + "block_count", LAYERS + drafts()).integer(a + "context_length", 256);
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
      case "qwen3moe" -> {
        out.integer(a + "attention.key_length", HEAD).integer(a + "attention.value_length", HEAD);
        experts(out, a);
      }
      case "qwen3next", "qwen35moe" -> {
        hybrid(out, a);
        experts(out, a);
        out.integer(a + "expert_shared_feed_forward_length", EXPERT_FFN);
      }
      case "qwen35" -> {
        hybrid(out, a);
        out.integer(a + "nextn_predict_layers", 1);
      }
      default -> {}
    }
  }

  private static void experts(GgufWriter out, String a) {
    out.integer(a + "expert_count", EXPERTS).integer(a + "expert_used_count", 2);
    out.integer(a + "expert_feed_forward_length", EXPERT_FFN);
  }

  private static void hybrid(GgufWriter out, String a) {
    out.integer(a + "attention.key_length", HEAD).integer(a + "attention.value_length", HEAD);
    out.integer(a + "rope.dimension_count", 4).integer(a + "full_attention_interval", 2);
    out.integer(a + "ssm.conv_kernel", TAPS).integer(a + "ssm.state_size", HEAD);
    out.integer(a + "ssm.group_count", 1).integer(a + "ssm.time_step_rank", 2);
    out.integer(a + "ssm.inner_size", INNER);
  }

  private boolean isHybrid() {
    return architecture.equals("qwen3next") || architecture.startsWith("qwen35");
  }

  private int drafts() {
    return architecture.equals("qwen35") ? 1 : 0;
  }

  private void declareAll() {
    matrix("token_embd.weight", Format.Q8_0, WIDTH, VOCABULARY);
    vector("output_norm.weight", WIDTH);
    if (architecture.equals("llama")) {
      matrix("output.weight", Format.F16, WIDTH, VOCABULARY);
      vector("rope_freqs.weight", HEAD / 2);
    }
    for (int layer = 0; layer < LAYERS + drafts(); layer++) {
      String b = "blk." + layer + ".";
      vector(b + "attn_norm.weight", WIDTH);
      if (isHybrid() && layer == 0) {
        deltaNet(b);
      } else {
        attention(b);
      }
      if (architecture.equals("gemma3")) {
        vector(b + "post_attention_norm.weight", WIDTH);
        vector(b + "post_ffw_norm.weight", WIDTH);
      }
      vector(b + (isHybrid() ? "post_attention_norm.weight" : "ffn_norm.weight"), WIDTH);
      if (architecture.equals("qwen3next") || architecture.endsWith("moe")) {
        experts(b);
      } else {
        feedForward(b, "", FFN);
      }
      if (layer == LAYERS) {
        matrix(b + "nextn.eh_proj.weight", Format.Q8_0, 2 * WIDTH, WIDTH);
        vector(b + "nextn.enorm.weight", WIDTH);
        vector(b + "nextn.hnorm.weight", WIDTH);
        vector(b + "nextn.shared_head_norm.weight", WIDTH);
      }
    }
  }

  private void attention(String b) {
    int gates = isHybrid() ? 2 : 1;
    matrix(b + "attn_q.weight", Format.Q8_0, WIDTH, gates * HEADS * HEAD);
    matrix(b + "attn_k.weight", Format.Q4_0, WIDTH, KV_HEADS * HEAD);
    matrix(b + "attn_v.weight", Format.F16, WIDTH, KV_HEADS * HEAD);
    matrix(b + "attn_output.weight", Format.Q8_0, HEADS * HEAD, WIDTH);
    if (architecture.equals("qwen2")) {
      vector(b + "attn_q.bias", HEADS * HEAD);
      vector(b + "attn_k.bias", KV_HEADS * HEAD);
      vector(b + "attn_v.bias", KV_HEADS * HEAD);
    }
    if (architecture.startsWith("qwen3") || architecture.equals("gemma3")) {
      vector(b + "attn_q_norm.weight", HEAD);
      vector(b + "attn_k_norm.weight", HEAD);
    }
  }

  private void deltaNet(String b) {
    matrix(b + "attn_qkv.weight", Format.Q8_0, WIDTH, CHANNELS);
    matrix(b + "attn_gate.weight", Format.Q4_0, WIDTH, INNER);
    if (architecture.equals("qwen3next")) {
      matrix(b + "ssm_ba.weight", Format.Q8_0, WIDTH, 4);
    } else {
      matrix(b + "ssm_beta.weight", Format.Q8_0, WIDTH, 2);
      matrix(b + "ssm_alpha.weight", Format.F16, WIDTH, 2);
    }
    vector(b + "ssm_a", 2);
    vector(b + "ssm_dt.bias", 2);
    matrix(b + "ssm_conv1d.weight", Format.F32, TAPS, CHANNELS);
    vector(b + "ssm_norm.weight", HEAD);
    matrix(b + "ssm_out.weight", Format.Q8_0, INNER, WIDTH);
  }

  private void experts(String b) {
    matrix(b + "ffn_gate_inp.weight", Format.F32, WIDTH, EXPERTS);
    weights.add(new Weight(b + "ffn_gate_exps.weight", Format.Q4_0, WIDTH, EXPERT_FFN, EXPERTS));
    weights.add(new Weight(b + "ffn_up_exps.weight", Format.Q8_0, WIDTH, EXPERT_FFN, EXPERTS));
    weights.add(new Weight(b + "ffn_down_exps.weight", Format.F16, EXPERT_FFN, WIDTH, EXPERTS));
    if (isHybrid()) {
      vector(b + "ffn_gate_inp_shexp.weight", WIDTH);
      feedForward(b, "_shexp", EXPERT_FFN);
    }
  }

  private void feedForward(String b, String suffix, int width) {
    matrix(b + "ffn_gate" + suffix + ".weight", Format.Q4_0, WIDTH, width);
    matrix(b + "ffn_up" + suffix + ".weight", Format.Q8_0, WIDTH, width);
    matrix(b + "ffn_down" + suffix + ".weight", Format.F32, width, WIDTH);
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
        // Decays are below 0; other vectors are mostly norms.
        case F32 ->
            data.putFloat(
                weight.name().endsWith("ssm_a")
                    ? -1 + small()
                    : weight.shape().length == 1 ? 1 + small() : small());
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
