package dev.tangram.engine.model;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.kernel.DeltaShape;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of a hybrid's Gated DeltaNet layers, and which of its layers are such.
 *
 * @param shape sizes of a layer's heads
 * @param taps of the convolution, the current token's included
 * @param recurrent of each layer of the decoder, whether it is a DeltaNet; the others attend
 */
record DeltaNumbers(DeltaShape shape, int taps, List<Boolean> recurrent) {
  private static final int HEAD_SIZE_MAX = 1024;
  private static final int TAPS_MAX = 64;

  /** What a file without the key means. */
  private static final int INTERVAL_OTHERWISE = 4;

  /** Layers that keep a recurrent state. */
  int stateLayers() {
    return (int) recurrent.stream().filter(is -> is).count();
  }

  /** Floats that the convolution of a layer remembers of a sequence. */
  long convolution() {
    return (taps - 1L) * shape.channels();
  }

  /** Floats of a layer's heads. */
  long states() {
    return (long) shape.inner() * shape.keySize();
  }

  /**
   * @param layers of the decoder, without an MTP head's
   */
  static DeltaNumbers read(ModelFile file, Architecture architecture, int layers) {
    Metadata meta = file.metadata();
    String name = file.path().toString();
    String prefix = architecture.word() + ".ssm.";
    int taps = meta.integer(prefix + "conv_kernel", 2, TAPS_MAX);
    int keySize = meta.integer(prefix + "state_size", 1, HEAD_SIZE_MAX);
    int keyHeads = meta.integer(prefix + "group_count", 1, Hyperparameters.HEADS_MAX);
    int valueHeads = meta.integer(prefix + "time_step_rank", 1, Hyperparameters.HEADS_MAX);
    if (valueHeads % keyHeads != 0) {
      throw new ModelFormatException(
          name,
          prefix + "time_step_rank",
          Integer.toString(valueHeads),
          "a multiple of group_count " + keyHeads);
    }
    int inner = meta.integer(prefix + "inner_size", 1, Hyperparameters.WIDTH_MAX);
    if (inner % valueHeads != 0 || inner / valueHeads > HEAD_SIZE_MAX) {
      throw new ModelFormatException(
          name,
          prefix + "inner_size",
          Integer.toString(inner),
          "a multiple of time_step_rank %d, 1 to %d times it".formatted(valueHeads, HEAD_SIZE_MAX));
    }
    DeltaShape shape =
        new DeltaShape(
            keyHeads,
            valueHeads,
            keySize,
            inner / valueHeads,
            architecture.has(Architecture.Trait.TILED));
    if (shape.channels() > Hyperparameters.WIDTH_MAX) {
      throw new ModelFormatException(
          name,
          prefix + "group_count",
          "%d key heads of %d beside %d value elements".formatted(keyHeads, keySize, inner),
          "at most " + Hyperparameters.WIDTH_MAX + " channels together");
    }
    return new DeltaNumbers(shape, taps, kinds(file, architecture, layers));
  }

  /** The tensors tell; the file's other word on it must not contradict them. */
  private static List<Boolean> kinds(ModelFile file, Architecture architecture, int layers) {
    String name = file.path().toString();
    List<Boolean> said = said(file.metadata(), architecture, layers, name);
    List<Boolean> kinds = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      String field = "blk." + i + ".ssm_a";
      boolean recurrent = file.tensors().containsKey(field);
      if (recurrent != said.get(i)) {
        throw new ModelFormatException(
            name,
            field,
            recurrent ? "a recurrent layer" : "nothing",
            (said.get(i) ? "a recurrent layer" : "an attention layer")
                + ", as the file's "
                + word(file.metadata(), architecture)
                + " says");
      }
      kinds.add(recurrent);
    }
    if (!kinds.contains(false)) {
      throw new ModelFormatException(
          name,
          architecture.word() + ".block_count",
          layers + " layers that are all recurrent",
          "at least one that attends");
    }
    return List.copyOf(kinds);
  }

  private static String word(Metadata meta, Architecture architecture) {
    String list = architecture.word() + ".attention.recurrent_layers";
    return meta.has(list) ? list : architecture.word() + ".full_attention_interval";
  }

  /** Some files list the recurrent layers, others give every how many layers one attends. */
  private static List<Boolean> said(
      Metadata meta, Architecture architecture, int layers, String name) {
    String key = word(meta, architecture);
    List<Boolean> said = new ArrayList<>();
    if (meta.value(key) instanceof List<?> list) {
      for (Object each : list) {
        said.add(Boolean.TRUE.equals(each) || each instanceof Long number && number != 0);
      }
      if (said.size() < layers) {
        throw new ModelFormatException(
            name, key, said.size() + " entries", "one for each of " + layers + " layers");
      }
    } else {
      int interval = meta.integer(key, 1, Hyperparameters.LAYERS_MAX, INTERVAL_OTHERWISE);
      for (int i = 0; i < layers; i++) {
        said.add((i + 1) % interval != 0);
      }
    }
    return said;
  }
}
