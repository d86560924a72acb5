package dev.tangram.lab.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import dev.tangram.kernel.quant.Blocks;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a qwen2 GGUF file as the folder that Hugging Face's tools read: config.json,
 * tokenizer.json and model.safetensors in BF16. For peers that read nothing else.
 */
final class Checkpoint {
  private static final Map<String, String> LAYER_NAMES =
      Map.of(
          "attn_norm", "input_layernorm",
          "attn_q", "self_attn.q_proj",
          "attn_k", "self_attn.k_proj",
          "attn_v", "self_attn.v_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_norm", "post_attention_layernorm",
          "ffn_gate", "mlp.gate_proj",
          "ffn_up", "mlp.up_proj",
          "ffn_down", "mlp.down_proj");

  private Checkpoint() {}

  /** Writes the folder, unless it is there already. */
  static void write(ModelFile file, Path folder) throws IOException {
    Path weights = folder.resolve("model.safetensors");
    if (Files.exists(weights)) {
      return;
    }
    Metadata metadata = file.metadata();
    String architecture = metadata.string("general.architecture");
    if (!architecture.equals("qwen2")) {
      throw new IOException(
          "%s: general.architecture: found %s, allowed: qwen2"
              .formatted(file.path(), architecture));
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config(file).toPrettyString());
    Files.writeString(folder.resolve("tokenizer.json"), TokenizerJson.of(metadata));
    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"Qwen2Tokenizer\"}");
    // Jlama copies it.
    Files.writeString(folder.resolve("README.md"), "Weights of " + file.path() + "\n");
    Path part = folder.resolve("model.safetensors.part");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 20)) {
      Map<String, Tensor> tensors = new TreeMap<>();
      file.tensors().forEach((name, tensor) -> tensors.put(name(name), tensor));
      header(out, tensors);
      for (Tensor tensor : tensors.values()) {
        data(out, file, tensor);
      }
    }
    Files.move(part, weights);
  }

  private static ObjectNode config(ModelFile file) {
    Metadata metadata = file.metadata();
    long vocabulary = file.tensors().get("token_embd.weight").shape().get(1);
    int end = count(metadata, "tokenizer.ggml.eos_token_id");
    ObjectNode config = new ObjectMapper().createObjectNode();
    config.putArray("architectures").add("Qwen2ForCausalLM");
    return config
        .put("model_type", "qwen2")
        .put("hidden_act", "silu")
        .put("torch_dtype", "bfloat16")
        .put("vocab_size", vocabulary)
        .put("bos_token_id", end)
        .put("eos_token_id", end)
        .put("tie_word_embeddings", !file.tensors().containsKey("output.weight"))
        .put("hidden_size", count(metadata, "qwen2.embedding_length"))
        .put("intermediate_size", count(metadata, "qwen2.feed_forward_length"))
        .put("max_position_embeddings", count(metadata, "qwen2.context_length"))
        .put("num_hidden_layers", count(metadata, "qwen2.block_count"))
        .put("num_attention_heads", count(metadata, "qwen2.attention.head_count"))
        .put("num_key_value_heads", count(metadata, "qwen2.attention.head_count_kv"))
        .put("rms_norm_eps", metadata.number("qwen2.attention.layer_norm_rms_epsilon"))
        .put("rope_theta", metadata.number("qwen2.rope.freq_base"));
  }

  private static int count(Metadata metadata, String key) {
    return metadata.integer(key, 0, Integer.MAX_VALUE);
  }

  private static String name(String gguf) {
    String[] parts = gguf.split("\\.");
    String kind = parts[parts.length - 1];
    return switch (parts[0]) {
      case "token_embd" -> "model.embed_tokens." + kind;
      case "output_norm" -> "model.norm." + kind;
      case "output" -> "lm_head." + kind;
      default -> "model.layers.%s.%s.%s".formatted(parts[1], LAYER_NAMES.get(parts[2]), kind);
    };
  }

  private static void header(OutputStream out, Map<String, Tensor> tensors) throws IOException {
    ObjectNode header = new ObjectMapper().createObjectNode();
    long at = 0;
    for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
      Tensor tensor = each.getValue();
      ObjectNode entry = header.putObject(each.getKey()).put("dtype", "BF16");
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().reversed().forEach(shape::add);
      long end = at + 2 * tensor.elements();
      entry.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
    out.write(json);
  }

  private static void data(OutputStream out, ModelFile file, Tensor tensor) throws IOException {
    int columns = Math.toIntExact(tensor.shape().get(0));
    long rows = tensor.shape().size() > 1 ? tensor.shape().get(1) : 1;
    long rowBytes = tensor.format().rowBytes(columns);
    float[] row = new float[columns];
    ByteBuffer bytes = ByteBuffer.allocate(2 * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (long r = 0; r < rows; r++) {
      Blocks.read(tensor.format(), file.data(tensor), r * rowBytes, columns, row, 0);
      bytes.clear();
      for (float value : row) {
        bytes.putShort((short) (Float.floatToRawIntBits(value) + 0x8000 >>> 16));
      }
      out.write(bytes.array());
    }
  }
}
