package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.gguf.MetadataBuilder;

/** Writes config.json's numbers under GGUF's keys. */
final class Keys {
  private Keys() {}

  static void write(MetadataBuilder out, Config config, Dimensions d, RopeConfig rope) {
    Family family = config.family();
    String a = family.architecture + ".";
    out.string("general.architecture", family.architecture);
    out.integer(a + "block_count", d.layers() + d.nextLayers());
    out.integer(a + "context_length", d.context());
    out.integer(a + "embedding_length", d.width());
    if (d.feedForward() > 0) {
      out.integer(a + "feed_forward_length", d.feedForward());
    }
    out.integer(a + "attention.head_count", d.heads());
    out.integer(a + "attention.head_count_kv", d.kvHeads());
    out.integer(a + "attention.key_length", d.headSize());
    out.integer(a + "attention.value_length", d.headSize());
    out.number(a + "attention.layer_norm_rms_epsilon", d.eps());
    out.integer(a + "vocab_size", d.vocabulary());
    if (family == Family.GEMMA3) {
      out.integer(
          a + "attention.sliding_window",
          config.text().integer("sliding_window", 1, Dimensions.CONTEXT_MAX, 4096));
    }
    rope.write(out, d);
    if (family.hasExperts()) {
      out.integer(a + "expert_count", d.experts());
      out.integer(a + "expert_used_count", d.expertsUsed());
      out.integer(a + "expert_feed_forward_length", d.expertFeedForward());
    }
    if (family.hasExperts() && !config.expertWeightsSumToOne()) {
      // What readers take for granted is not written.
      out.flag(a + "expert_weights_norm", false);
    }
    if (family.hasSharedExpert()) {
      out.integer(a + "expert_shared_feed_forward_length", d.sharedFeedForward());
    }
    if (family.isHybrid()) {
      out.integer(a + "ssm.conv_kernel", d.convolution());
      out.integer(a + "ssm.state_size", d.keySize());
      out.integer(a + "ssm.group_count", d.keyHeads());
      out.integer(a + "ssm.time_step_rank", d.valueHeads());
      out.integer(a + "ssm.inner_size", d.valueRows());
      out.integer(a + "full_attention_interval", d.interval());
    }
    if (d.nextLayers() > 0) {
      out.integer(a + "nextn_predict_layers", d.nextLayers());
    }
  }
}
