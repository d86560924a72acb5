package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.MetadataBuilder;
import dev.tangram.engine.file.json.JsonObject;
import java.util.Arrays;
import java.util.List;

/**
 * What config.json says about rotary embeddings, in either style: rope_theta and rope_scaling, or,
 * since transformers 5, rope_parameters (for Gemma one for each kind of layer).
 *
 * @param parameters where type and factors are; the text config itself if nothing scales
 */
record RopeConfig(Config config, JsonObject parameters, double theta, double slidingTheta) {
  private static final double THETA_LEAST = 1.001;
  private static final double THETA_MOST = 1e12;

  static RopeConfig read(Config config) {
    JsonObject text = config.text();
    boolean gemma = config.family() == Family.GEMMA3;
    JsonObject modern = text.object("rope_parameters").orElse(null);
    JsonObject sliding = null;
    if (modern != null && gemma) {
      sliding = modern.object("sliding_attention").orElse(null);
      modern = modern.object("full_attention").orElse(modern);
    }
    JsonObject parameters =
        modern != null ? modern : text.object("rope_scaling").orElse(JsonObject.empty(text.file()));
    JsonObject holder = parameters.has("rope_theta") ? parameters : text;
    // Models from before rope_theta was written turn with 10,000; the newer ones always state it.
    boolean old = config.family() == Family.QWEN2 || config.family() == Family.LLAMA;
    double theta =
        old || gemma
            ? holder.number("rope_theta", THETA_LEAST, THETA_MOST, gemma ? 1e6 : 1e4)
            : holder.number("rope_theta", THETA_LEAST, THETA_MOST);
    double slidingTheta =
        sliding != null && sliding.has("rope_theta")
            ? sliding.number("rope_theta", THETA_LEAST, THETA_MOST)
            : text.number("rope_local_base_freq", THETA_LEAST, THETA_MOST, 1e4);
    RopeConfig rope = new RopeConfig(config, parameters, theta, slidingTheta);
    if (sliding != null && !"default".equals(type(sliding))) {
      throw sliding.wrong("rope_type", "\"default\": layers with a window are never scaled");
    }
    return rope;
  }

  private static String type(JsonObject parameters) {
    String old = parameters.string("type").orElse("default");
    return parameters.string("rope_type").orElse(old);
  }

  /** Leading elements of a head that turn. */
  int rotated(int headSize) {
    JsonObject holder = parameters.has("partial_rotary_factor") ? parameters : config.text();
    double factor =
        holder.number("partial_rotary_factor", 1e-3, 1, config.family().isHybrid() ? 0.25 : 1);
    int rotated = (int) (headSize * factor);
    if (rotated < 2 || rotated % 2 != 0) {
      throw new ModelFormatException(
          holder.file(),
          holder.path("partial_rotary_factor"),
          "%s, which is %d of %d elements".formatted(factor, rotated, headSize),
          "an even number of elements, at least 2");
    }
    return rotated;
  }

  /** Writes the keys that stand for all this, but not llama3's divisors. */
  void write(MetadataBuilder out, Dimensions dimensions) {
    String prefix = config.family().architecture + ".rope.";
    out.number(prefix + "freq_base", (float) theta);
    int rotated = rotated(dimensions.headSize());
    if (rotated != dimensions.headSize() || config.family() == Family.LLAMA) {
      out.integer(prefix + "dimension_count", rotated);
    }
    if (config.family() == Family.GEMMA3 && slidingTheta != 1e4) {
      out.number(prefix + "freq_base_swa", (float) slidingTheta);
    }
    if (config.family().isQwen35()) {
      sections(out, prefix);
    }
    switch (type(parameters)) {
      case "default", "mrope", "llama3" -> {}
      case "linear" -> {
        out.string(prefix + "scaling.type", "linear");
        out.number(prefix + "scaling.factor", (float) factor());
      }
      case "yarn" -> yarn(out, prefix + "scaling.", dimensions);
      default ->
          throw parameters.wrong(
              parameters.has("rope_type") ? "rope_type" : "type", "default, linear, yarn, llama3");
    }
  }

  private double factor() {
    return parameters.number("factor", 1, 1 << 20);
  }

  private void yarn(MetadataBuilder out, String prefix, Dimensions dimensions) {
    double factor = factor();
    out.string(prefix + "type", "yarn");
    out.number(prefix + "factor", (float) factor);
    out.integer(
        prefix + "original_context_length",
        parameters.integer(
            "original_max_position_embeddings", 1, Dimensions.CONTEXT_MAX, dimensions.context()));
    if (parameters.has("beta_fast")) {
      out.number(prefix + "yarn_beta_fast", (float) parameters.number("beta_fast", 1e-3, 1e6));
    }
    if (parameters.has("beta_slow")) {
      out.number(prefix + "yarn_beta_slow", (float) parameters.number("beta_slow", 1e-3, 1e6));
    }
    if (!parameters.flag("truncate", true)) {
      throw parameters.wrong("truncate", "true");
    }
    // The usual magnitude is the reader's own; the key holds what differs from it.
    double usual = magnitude(factor, 1);
    double magnitude = usual;
    if (parameters.has("attention_factor")) {
      magnitude = parameters.number("attention_factor", 1e-3, 1e3);
    } else if (parameters.has("mscale") && parameters.has("mscale_all_dim")) {
      magnitude =
          magnitude(factor, parameters.number("mscale", 0, 1e3))
              / magnitude(factor, parameters.number("mscale_all_dim", 0, 1e3));
    }
    if (Math.abs(magnitude / usual - 1) > 1e-7) {
      out.number(prefix + "attn_factor", (float) (magnitude / usual));
    }
  }

  private static double magnitude(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }

  /** mRoPE's shares of the frequencies; for text all three positions are the same. */
  private void sections(MetadataBuilder out, String prefix) {
    List<Object> sections = parameters.list("mrope_section").orElse(null);
    if (sections == null) {
      return;
    }
    int[] four = new int[4];
    if (sections.size() > four.length) {
      throw parameters.wrong("mrope_section", "at most 4 counts");
    }
    for (int i = 0; i < sections.size(); i++) {
      if (!(sections.get(i) instanceof Long count && count >= 0 && count <= 1024)) {
        throw parameters.wrong("mrope_section", "counts from 0 to 1024");
      }
      four[i] = count.intValue();
    }
    out.integers(prefix + "dimension_sections", four);
  }

  /**
   * What each frequency is divided by under the Llama 3 rule, kept as it is where a turn is short,
   * divided by the factor where it is long, mixed between; null under any other rule.
   */
  float[] divisors(int headSize) {
    if (!type(parameters).equals("llama3")) {
      return null;
    }
    double factor = factor();
    double low = parameters.number("low_freq_factor", 1e-3, 1e6);
    double high = parameters.number("high_freq_factor", 1e-3, 1e6);
    int original =
        parameters.integer("original_max_position_embeddings", 1, Dimensions.CONTEXT_MAX);
    if (high <= low) {
      throw parameters.wrong("high_freq_factor", "above low_freq_factor " + low);
    }
    int rotated = rotated(headSize);
    float[] divisors = new float[rotated / 2];
    Arrays.fill(divisors, 1);
    for (int i = 0; i < divisors.length; i++) {
      double wavelength = 2 * Math.PI * Math.pow(theta, 2.0 * i / rotated);
      if (wavelength > original / low) {
        divisors[i] = (float) factor;
      } else if (wavelength >= original / high) {
        double share = (original / wavelength - low) / (high - low);
        divisors[i] = (float) (1 / ((1 - share) / factor + share));
      }
    }
    return divisors;
  }
}
