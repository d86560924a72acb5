package dev.tangram.lab.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.engine.file.Metadata;
import java.util.List;

/**
 * The tokenizer.json that says what a GGUF file's byte-level vocabulary says: how the checkpoints
 * that these files were made from describe it.
 */
public final class TokenizerJson {
  private static final String QWEN2 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;

  private TokenizerJson() {}

  public static String of(Metadata metadata) {
    ObjectNode root = new ObjectMapper().createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    List<String> tokens = metadata.strings("tokenizer.ggml.tokens");
    int[] types = metadata.integers("tokenizer.ggml.token_type");
    ArrayNode added = root.putArray("added_tokens");
    ObjectNode model = new ObjectMapper().createObjectNode().put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      if (types[id] == NORMAL) {
        vocabulary.put(tokens.get(id), id);
      } else {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.get(id))
            .put("special", types[id] == CONTROL)
            .put("normalized", false)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false);
      }
    }
    ArrayNode merges = model.putArray("merges");
    metadata.strings("tokenizer.ggml.merges").forEach(merges::add);
    boolean qwen = metadata.string("tokenizer.ggml.pre").equals("qwen2");
    splitting(root, qwen);
    root.putNull("post_processor");
    root.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
    root.set("model", model);
    return root.toString();
  }

  private static void splitting(ObjectNode root, boolean qwen) {
    if (qwen) {
      root.putObject("normalizer").put("type", "NFC");
    } else {
      root.putNull("normalizer");
    }
    ObjectNode sequence = root.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    if (qwen) {
      ObjectNode split = steps.addObject().put("type", "Split");
      split.putObject("pattern").put("Regex", QWEN2);
      split.put("behavior", "Isolated").put("invert", false);
    } else {
      steps.addObject().put("type", "Digits").put("individual_digits", true);
    }
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", !qwen);
  }
}
