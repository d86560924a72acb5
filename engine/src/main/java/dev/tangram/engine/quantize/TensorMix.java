package dev.tangram.engine.quantize;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import dev.tangram.kernel.Format;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of every tensor of a file under a {@link Mix}: the choices that llama.cpp's quantize
 * makes without an importance matrix.
 *
 * <ul>
 *   <li>The output matrix (or the embedding that stands in for it) takes Q6_K, also beside smaller
 *       types.
 *   <li>Of q4_k_m and q5_k_m, values and the way down from the feed-forward take Q6_K in the first
 *       and last eighth of the layers and in every third between.
 *   <li>With eight experts, keys and values take Q8_0: they are small there.
 *   <li>Rows that are no whole blocks of 256 take the next larger type of blocks of 32.
 *   <li>Vectors, norms, routers and convolutions stay what they are; halves become F32, which
 *       changes no value and is what readers expect of them.
 * </ul>
 */
final class TensorMix {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,6})\\..*");
  private static final int COUNT_MAX = 1 << 20;

  private final Mix mix;
  private final boolean tied;
  private final int experts;
  private final int layers;
  private final int valueTensors;
  private final boolean wideGroups;

  // Counted over the tensors in order of their layers.
  private int values;
  private int downs;

  private TensorMix(ModelFile file, Mix mix) {
    this.mix = mix;
    Metadata metadata = file.metadata();
    String architecture = metadata.string("general.architecture", "");
    this.tied = !file.tensors().containsKey("output.weight");
    this.experts = metadata.integer(architecture + ".expert_count", 0, COUNT_MAX, 0);
    int found = file.tensors().keySet().stream().mapToInt(TensorMix::layer).max().orElse(-1) + 1;
    this.layers = metadata.integer(architecture + ".block_count", 0, COUNT_MAX, found);
    this.valueTensors =
        (int)
            file.tensors().keySet().stream()
                .filter(name -> TensorRole.of(name) == TensorRole.VALUE)
                .count();
    this.wideGroups = layers == 80 && isOf70B(metadata, architecture);
  }

  /** The type of each tensor, in the order of the file. */
  static Map<String, Format> of(ModelFile file, Mix mix) {
    TensorMix chooser = new TensorMix(file, mix);
    List<Tensor> byLayer = new ArrayList<>(file.tensors().values());
    byLayer.sort(
        Comparator.comparingInt((Tensor t) -> layer(t.name())).thenComparing(Tensor::name));
    Map<String, Format> chosen = new LinkedHashMap<>();
    file.tensors().keySet().forEach(name -> chosen.put(name, null));
    byLayer.forEach(tensor -> chosen.put(tensor.name(), chooser.choose(tensor)));
    return chosen;
  }

  /** Queries in groups of eight: values are an eighth of the size and get a bit more. */
  private static boolean isOf70B(Metadata metadata, String architecture) {
    String heads = architecture + ".attention.head_count";
    return switch (architecture) {
      case "qwen2" -> true;
      case "llama" ->
          metadata.value(heads) instanceof Long count
              && !count.equals(metadata.value(heads + "_kv"));
      default -> false;
    };
  }

  /** The number in {@code blk.N.}, or -1. */
  private static int layer(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  private Format choose(Tensor tensor) {
    if (!TensorRole.mayChange(tensor)) {
      return switch (tensor.format()) {
        case F16, BF16 -> Format.F32;
        default -> tensor.format();
      };
    }
    return mix.isQuantized() ? fitting(wanted(tensor), tensor.shape().getFirst()) : mix.format();
  }

  private Format wanted(Tensor tensor) {
    Format usual = mix.format();
    return switch (TensorRole.of(tensor.name())) {
      case OUTPUT -> output(tensor);
      case EMBEDDING -> tied ? output(tensor) : usual;
      case VALUE -> value();
      case KEY -> experts == 8 ? Format.Q8_0 : usual;
      case ATTENTION_OUTPUT -> experts == 8 && mix == Mix.Q4_K_M ? Format.Q5_K : usual;
      case FFN_DOWN -> down(tensor);
      case OTHER -> usual;
    };
  }

  private Format output(Tensor tensor) {
    Format usual = mix.format();
    boolean whole = tensor.shape().getFirst() % usual.blockLength() == 0;
    return whole && usual != Format.Q8_0 ? Format.Q6_K : Format.Q8_0;
  }

  private Format value() {
    boolean more = isUneven() && getsMoreBits(values, valueTensors);
    values++;
    if (experts == 8) {
      return Format.Q8_0;
    }
    Format chosen = more ? Format.Q6_K : mix.format();
    return wideGroups && chosen == Format.Q4_K ? Format.Q5_K : chosen;
  }

  /** Tensors of experts come several to a layer, so their layer is in the name. */
  private Format down(Tensor tensor) {
    int layer = experts > 1 ? layer(tensor.name()) : downs;
    downs++;
    return isUneven() && getsMoreBits(layer, layers) ? Format.Q6_K : mix.format();
  }

  private boolean isUneven() {
    return mix == Mix.Q4_K_M || mix == Mix.Q5_K_M;
  }

  private static boolean getsMoreBits(int layer, int layers) {
    int eighth = layers / 8;
    return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
  }

  private static Format fitting(Format wanted, long columns) {
    if (columns % wanted.blockLength() == 0) {
      return wanted;
    }
    if (columns % 32 != 0) {
      return Format.F16;
    }
    return switch (wanted) {
      case Q4_K -> Format.Q5_0;
      case Q5_K -> Format.Q5_1;
      case Q6_K -> Format.Q8_0;
      default -> throw new IllegalStateException(wanted + " has blocks of 32");
    };
  }
}
