package dev.tangram.cli.rehearsal;

import dev.tangram.engine.file.gguf.GgufWriter;
import dev.tangram.kernel.Format;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat model of a few hundred kilobytes whose weights are all zero: each token is as likely as
 * any other. It has the shape and the tensor formats of the default model, so the same code runs as
 * for that one.
 */
public final class PracticeModel {
  private static final int LAYERS = 2;
  private static final int WIDTH = 256;
  private static final int FEED_FORWARD = 512;
  private static final int HEADS = 4;
  private static final int KV_HEADS = 2;
  private static final int HEAD_SIZE = WIDTH / HEADS;
  private static final int CONTEXT = 2048;
  private static final int BYTES = 256;
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final List<String> MERGES = List.of("h e", "l l", "he ll", "hell o");
  private static final List<String> CONTROLS =
      List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");
  private static final String TEMPLATE =
      """
      {%- for message in messages %}
          {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
      {%- endfor %}
      {%- if add_generation_prompt %}
          {{- '<|im_start|>assistant\\n' }}
      {%- endif %}
      """;

  private PracticeModel() {}

  /** Writes the model to a file that must not exist yet. */
  public static void write(Path file) throws IOException {
    try (GgufWriter out = GgufWriter.create(file);
        Arena arena = Arena.ofConfined()) {
      vocabulary(out);
      hyperparameters(out);
      Map<String, Long> tensors = new LinkedHashMap<>();
      declare(out, tensors);
      for (long bytes : tensors.values()) {
        MemorySegment zeros = arena.allocate(bytes);
        out.data(zeros);
      }
    }
  }

  private static void hyperparameters(GgufWriter out) {
    out.string("general.architecture", "qwen2")
        .string("general.name", "practice")
        .integer("qwen2.block_count", LAYERS)
        .integer("qwen2.context_length", CONTEXT)
        .integer("qwen2.embedding_length", WIDTH)
        .integer("qwen2.feed_forward_length", FEED_FORWARD)
        .integer("qwen2.attention.head_count", HEADS)
        .integer("qwen2.attention.head_count_kv", KV_HEADS)
        .number("qwen2.rope.freq_base", 1_000_000)
        .number("qwen2.attention.layer_norm_rms_epsilon", 1e-6f);
  }

  private static void vocabulary(GgufWriter out) {
    List<String> tokens = tokens();
    int[] types = new int[tokens.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = i < BYTES + MERGES.size() ? NORMAL : CONTROL;
    }
    out.string("tokenizer.ggml.model", "gpt2")
        .string("tokenizer.ggml.pre", "qwen2")
        .strings("tokenizer.ggml.tokens", tokens)
        .integers("tokenizer.ggml.token_type", types)
        .strings("tokenizer.ggml.merges", MERGES)
        .integer("tokenizer.ggml.eos_token_id", tokens.indexOf("<|im_end|>"))
        .flag("tokenizer.ggml.add_bos_token", false)
        .string("tokenizer.chat_template", TEMPLATE);
  }

  private static List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    // As GPT-2 spells bytes: printable ones as they are, the others from U+0100 on.
    int others = 0;
    for (int b = 0; b < BYTES; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      tokens.add(String.valueOf((char) (printable ? b : BYTES + others++)));
    }
    MERGES.forEach(merge -> tokens.add(merge.replace(" ", "")));
    tokens.addAll(CONTROLS);
    return tokens;
  }

  private static void declare(GgufWriter out, Map<String, Long> tensors) {
    int vocabulary = BYTES + MERGES.size() + CONTROLS.size();
    tensor(out, tensors, "token_embd.weight", Format.Q8_0, WIDTH, vocabulary);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "blk." + i + ".";
      tensor(out, tensors, layer + "attn_norm.weight", Format.F32, WIDTH);
      tensor(out, tensors, layer + "attn_q.weight", Format.Q5_0, WIDTH, HEADS * HEAD_SIZE);
      tensor(out, tensors, layer + "attn_q.bias", Format.F32, HEADS * HEAD_SIZE);
      tensor(out, tensors, layer + "attn_k.weight", Format.Q5_0, WIDTH, KV_HEADS * HEAD_SIZE);
      tensor(out, tensors, layer + "attn_k.bias", Format.F32, KV_HEADS * HEAD_SIZE);
      tensor(out, tensors, layer + "attn_v.weight", Format.Q8_0, WIDTH, KV_HEADS * HEAD_SIZE);
      tensor(out, tensors, layer + "attn_v.bias", Format.F32, KV_HEADS * HEAD_SIZE);
      tensor(out, tensors, layer + "attn_output.weight", Format.Q5_0, HEADS * HEAD_SIZE, WIDTH);
      tensor(out, tensors, layer + "ffn_norm.weight", Format.F32, WIDTH);
      tensor(out, tensors, layer + "ffn_gate.weight", Format.Q5_0, WIDTH, FEED_FORWARD);
      tensor(out, tensors, layer + "ffn_up.weight", Format.Q4_K, WIDTH, FEED_FORWARD);
      tensor(out, tensors, layer + "ffn_down.weight", Format.Q6_K, FEED_FORWARD, WIDTH);
    }
    tensor(out, tensors, "output_norm.weight", Format.F32, WIDTH);
    tensor(out, tensors, "output.weight", Format.Q8_0, WIDTH, vocabulary);
  }

  private static void tensor(
      GgufWriter out, Map<String, Long> tensors, String name, Format format, long... shape) {
    out.tensor(name, format, shape);
    long elements = shape[0] * (shape.length > 1 ? shape[1] : 1);
    tensors.put(name, elements / format.blockLength() * format.blockBytes());
  }
}
