package dev.tangram.cli;

import dev.tangram.engine.encoder.EncoderConfig;
import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.safetensors.SafetensorsFile;
import dev.tangram.engine.file.safetensors.StoredTensor;
import dev.tangram.server.store.StoredModel;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code list --json} and {@code show} tell of a model. */
final class ModelFacts {
  private ModelFacts() {}

  /** What the store knows. */
  static Map<String, Object> of(StoredModel model) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", model.name());
    facts.put("digest", model.sha256().isEmpty() ? null : "sha256:" + model.sha256());
    facts.put("size", model.bytes());
    facts.put("modified_at", model.pulled().toString());
    facts.put("license", model.license());
    facts.put("license_url", model.licenseUrl());
    facts.put("source", model.source());
    facts.put("file", model.file().toString());
    return facts;
  }

  /** What the store knows and what the file says of itself. */
  static Map<String, Object> of(StoredModel model, ModelFile file) {
    Map<String, Object> facts = of(model);
    Metadata metadata = file.metadata();
    String architecture = metadata.string("general.architecture", "unknown");
    facts.put("title", metadata.string("general.name", ""));
    facts.put("architecture", architecture);
    facts.put("parameters", file.tensors().values().stream().mapToLong(Tensor::elements).sum());
    facts.put(
        "context_length",
        metadata.integer(architecture + ".context_length", 0, Integer.MAX_VALUE, 0));
    facts.put(
        "embedding_length",
        metadata.integer(architecture + ".embedding_length", 0, Integer.MAX_VALUE, 0));
    facts.put("quantization", quantization(file));
    facts.put("tensors", file.tensors().size());
    facts.put("tokenizer", metadata.string("tokenizer.ggml.model", ""));
    facts.put("chat_template", metadata.has("tokenizer.chat_template"));
    if (model.license().isEmpty()) {
      facts.put("license", metadata.string("general.license", ""));
    }
    return facts;
  }

  /** What the store knows and what an encoder's folder says of itself. */
  static Map<String, Object> encoder(StoredModel model, EncoderConfig config) {
    Map<String, Object> facts = of(model);
    try (SafetensorsFile file = SafetensorsFile.open(model.file().resolve("model.safetensors"))) {
      facts.put("title", model.name());
      facts.put("architecture", "bert (embeddings)");
      facts.put(
          "parameters", file.tensors().values().stream().mapToLong(StoredTensor::elements).sum());
      facts.put("context_length", config.lengthMax());
      facts.put("embedding_length", config.width());
      facts.put(
          "quantization",
          file.tensors().values().stream()
              .filter(t -> t.name().endsWith("word_embeddings.weight"))
              .map(t -> t.type().name())
              .findFirst()
              .orElse("unknown"));
      facts.put("tensors", file.tensors().size());
    }
    facts.put("pooling", config.pooling().name().toLowerCase(Locale.ROOT));
    facts.put("tokenizer", "wordpiece");
    facts.put("chat_template", false);
    return facts;
  }

  /** The format that most weights are in, by elements. */
  private static String quantization(ModelFile file) {
    return file.tensors().values().stream()
        .collect(Collectors.groupingBy(Tensor::format, Collectors.summingLong(Tensor::elements)))
        .entrySet()
        .stream()
        .max(Comparator.comparingLong(Map.Entry::getValue))
        .map(entry -> entry.getKey().name())
        .orElse("none");
  }
}
