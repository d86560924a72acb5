package dev.tangram.lab.random;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The shapes that {@link RandomModel} can write. Names and sizes follow the published models; the
 * two with experts, and qwen3next, have fewer layers or experts so that a laptop holds them.
 */
enum RandomShape {
  /** Qwen3-0.6B: 28 layers, D 1024, F 3072, H 16, K 8, S 128, tied. */
  QWEN3_0_6B("qwen3", 28, 1024, 3072, 16, 8, 128, 151_936, 0, 0, 0, 0, 0, 0, 0, 1e6f),
  /** About 1 B weights, 64 experts of which 8 are active. */
  QWEN3MOE_1B("qwen3moe", 12, 1024, 0, 16, 4, 128, 151_936, 64, 8, 384, 0, 0, 0, 0, 1e6f),
  /** Qwen3.5-0.8B: 18 Gated DeltaNet layers and 6 that attend. */
  QWEN35_0_8B("qwen35", 24, 1024, 3584, 8, 2, 256, 248_320, 0, 0, 0, 0, 16, 16, 128, 1e7f),
  /** Qwen3-Next with 8 layers of 64 experts: about 2 B weights. */
  QWEN3NEXT_2B("qwen3next", 8, 2048, 0, 16, 2, 256, 151_936, 64, 8, 512, 512, 16, 32, 128, 1e7f);

  final String architecture;
  final int layers;
  final int width;
  final int feedForward;
  final int heads;
  final int kvHeads;
  final int headSize;
  final int vocabulary;
  final int experts;
  final int expertsUsed;
  final int expertWidth;
  final int sharedWidth;
  final int keyHeads;
  final int valueHeads;
  final int stateSize;
  final float ropeBase;

  RandomShape(
      String architecture,
      int layers,
      int width,
      int feedForward,
      int heads,
      int kvHeads,
      int headSize,
      int vocabulary,
      int experts,
      int expertsUsed,
      int expertWidth,
      int sharedWidth,
      int keyHeads,
      int valueHeads,
      int stateSize,
      float ropeBase) {
    this.architecture = architecture;
    this.layers = layers;
    this.width = width;
    this.feedForward = feedForward;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headSize = headSize;
    this.vocabulary = vocabulary;
    this.experts = experts;
    this.expertsUsed = expertsUsed;
    this.expertWidth = expertWidth;
    this.sharedWidth = sharedWidth;
    this.keyHeads = keyHeads;
    this.valueHeads = valueHeads;
    this.stateSize = stateSize;
    this.ropeBase = ropeBase;
  }

  /** As the command line spells it: {@code qwen3-0.6b}, {@code qwen3moe-1b}, ... */
  String word() {
    return name().toLowerCase(Locale.ROOT).replaceFirst("_", "-").replace('_', '.');
  }

  static RandomShape of(String word) {
    return Arrays.stream(values())
        .filter(shape -> shape.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "shape: found %s, allowed: %s"
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(RandomShape::word)
                                .collect(Collectors.joining(", ")))));
  }

  boolean isHybrid() {
    return stateSize > 0;
  }

  /** Every fourth layer of a hybrid attends. */
  boolean attends(int layer) {
    return !isHybrid() || (layer + 1) % 4 == 0;
  }
}
