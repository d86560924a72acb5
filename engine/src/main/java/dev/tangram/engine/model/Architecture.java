package dev.tangram.engine.model;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.kernel.Pairing;
import java.util.Locale;

/**
 * What tells the architectures' files apart. A tensor that an architecture must have and a file
 * lacks, or has and should not, makes wrong text rather than an error: so both are refused.
 */
enum Architecture {
  QWEN2(Pairing.HALVES, Presence.REQUIRED, Presence.ABSENT),
  QWEN3(Pairing.HALVES, Presence.ABSENT, Presence.REQUIRED),
  /** Some relatives of Llama that use its name have biases. */
  LLAMA(Pairing.ADJACENT, Presence.OPTIONAL, Presence.ABSENT),
  GEMMA3(Pairing.HALVES, Presence.ABSENT, Presence.REQUIRED);

  /** Whether a file carries a vector. */
  enum Presence {
    REQUIRED,
    OPTIONAL,
    ABSENT
  }

  private final Pairing pairing;
  private final Presence biases;
  private final Presence headNorms;

  Architecture(Pairing pairing, Presence biases, Presence headNorms) {
    this.pairing = pairing;
    this.biases = biases;
    this.headNorms = headNorms;
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
}
