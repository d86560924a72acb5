package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.kernel.Pairing;
import java.util.Locale;
import java.util.Set;

/**
 * What tells the architectures' files apart. A tensor that an architecture must have and a file
 * lacks, or has and should not, makes wrong text rather than an error: so both are refused.
 */
enum Architecture {
  QWEN2(Pairing.HALVES, Presence.REQUIRED, Presence.ABSENT),
  QWEN3(Pairing.HALVES, Presence.ABSENT, Presence.REQUIRED),
  /** Some relatives of Llama that use its name have biases. */
  LLAMA(Pairing.ADJACENT, Presence.OPTIONAL, Presence.ABSENT),
  GEMMA3(Pairing.HALVES, Presence.ABSENT, Presence.REQUIRED),
  QWEN3MOE(Pairing.HALVES, Presence.ABSENT, Presence.REQUIRED, Trait.EXPERTS),
  QWEN3NEXT(
      Pairing.HALVES,
      Presence.ABSENT,
      Presence.REQUIRED,
      Trait.EXPERTS,
      Trait.SHARED_EXPERT,
      Trait.HYBRID),
  QWEN35(Pairing.HALVES, Presence.ABSENT, Presence.REQUIRED, Trait.HYBRID, Trait.TILED),
  QWEN35MOE(
      Pairing.HALVES,
      Presence.ABSENT,
      Presence.REQUIRED,
      Trait.EXPERTS,
      Trait.SHARED_EXPERT,
      Trait.HYBRID,
      Trait.TILED);

  /** Whether a file carries a vector. */
  enum Presence {
    REQUIRED,
    OPTIONAL,
    ABSENT
  }

  /** What an architecture has that plain decoders have not. */
  enum Trait {
    /** Feed-forward layers of routed experts; single layers may still be dense. */
    EXPERTS,
    /** One more expert that every token passes, behind a gate of its own. */
    SHARED_EXPERT,
    /** Gated DeltaNet layers between gated attention layers; perhaps an MTP head. */
    HYBRID,
    /** DeltaNet value head h reads key head h mod Hk. */
    TILED
  }

  private final Pairing pairing;
  private final Presence biases;
  private final Presence headNorms;
  private final Set<Trait> traits;

  Architecture(Pairing pairing, Presence biases, Presence headNorms, Trait... traits) {
    this.pairing = pairing;
    this.biases = biases;
    this.headNorms = headNorms;
    this.traits = Set.of(traits);
  }

  /** The architecture that the file names. */
  static Architecture of(ModelFile file) {
    String name = file.metadata().string("general.architecture");
    for (Architecture each : values()) {
      if (each.word().equals(name)) {
        return each;
      }
    }
    throw new ModelFormatException(
        file.path().toString(),
        "general.architecture",
        "\"" + name + "\"",
        String.join(", ", Models.ARCHITECTURES));
  }

  /** As files spell it, and the prefix of its keys. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Pairing pairing() {
    return pairing;
  }

  /** Biases of q, k and v. */
  Presence biases() {
    return biases;
  }

  /** Norms of each head of q and k. */
  Presence headNorms() {
    return headNorms;
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** What files call the norm before the feed-forward sublayer of a pre-norm decoder. */
  String feedForwardNorm() {
    return has(Trait.HYBRID) ? "post_attention_norm" : "ffn_norm";
  }
}
