package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.hf.Floats.Change;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * A recurrent layer (Gated DeltaNet). Its value heads are in groups, one for each key head.
 *
 * <p>Qwen3-Next's input projection has its rows by group too (query, key, values, gates of a key
 * head), and GGUF wants all queries, all keys, all values. Qwen3.5's rows are in that order, but
 * its GGUF files deal value heads out in turn: head t goes with key head t mod Hk, and not t / r.
 * That touches every tensor that has value heads.
 */
final class LinearLayer {
  private final Layout layout;
  private final Family family;
  private final Dimensions dimensions;

  LinearLayer(Layout layout, Family family, Dimensions dimensions) {
    this.layout = layout;
    this.family = family;
    this.dimensions = dimensions;
  }

  void present(String to, String from) {
    long width = dimensions.width();
    long heads = dimensions.valueHeads();
    if (family == Family.QWEN3_NEXT) {
      grouped(to, from);
    } else {
      dealt(to, from);
    }
    Rows decay = layout.stored(from + "A_log", heads);
    layout.vector(to + "ssm_a", new Floats(byHead(decay), Change.MINUS_EXP));
    layout.vector(to + "ssm_dt.bias", byHead(layout.stored(from + "dt_bias", heads)));
    Rows convolution =
        layout.stored(from + "conv1d.weight", dimensions.channels(), 1, dimensions.convolution());
    layout.floatMatrix(to + "ssm_conv1d.weight", byChannel(convolution));
    // The gated norm: the one norm of these models that is not stored around zero.
    layout.vector(
        to + "ssm_norm.weight", layout.stored(from + "norm.weight", dimensions.valueSize()));
    Rows out = layout.stored(from + "out_proj.weight", width, dimensions.valueRows());
    layout.matrix(to + "ssm_out.weight", isDealt() ? new OrderedColumns(out, headOrder()) : out);
  }

  private void grouped(String to, String from) {
    int keySize = dimensions.keySize();
    int values = dimensions.valueHeadsEach() * dimensions.valueSize();
    int group = 2 * keySize + 2 * values;
    int keyRows = dimensions.keyRows();
    Rows all =
        layout.stored(
            from + "in_proj_qkvz.weight",
            2L * keyRows + 2L * dimensions.valueRows(),
            dimensions.width());
    IntUnaryOperator source =
        row -> {
          if (row < 2 * keyRows) {
            int key = row % keyRows;
            return key / keySize * group + row / keyRows * keySize + key % keySize;
          }
          int value = row - 2 * keyRows;
          return value / values * group + 2 * keySize + value % values;
        };
    layout.matrix(
        to + "attn_qkv.weight",
        new OrderedRows(all, IntStream.range(0, dimensions.channels()).map(source).toArray()));
    layout.matrix(
        to + "attn_gate.weight",
        new OrderedRows(
            all,
            IntStream.range(0, dimensions.valueRows())
                .map(row -> row / values * group + 2 * keySize + values + row % values)
                .toArray()));
    // GGUF leaves these by group.
    layout.matrix(
        to + "ssm_ba.weight",
        layout.stored(
            from + "in_proj_ba.weight", 2L * dimensions.valueHeads(), dimensions.width()));
  }

  private void dealt(String to, String from) {
    long width = dimensions.width();
    long heads = dimensions.valueHeads();
    layout.matrix(
        to + "attn_qkv.weight",
        byChannel(layout.stored(from + "in_proj_qkv.weight", dimensions.channels(), width)));
    layout.matrix(
        to + "attn_gate.weight",
        byValue(layout.stored(from + "in_proj_z.weight", dimensions.valueRows(), width), 0));
    layout.matrix(
        to + "ssm_beta.weight", headRows(layout.stored(from + "in_proj_b.weight", heads, width)));
    layout.matrix(
        to + "ssm_alpha.weight", headRows(layout.stored(from + "in_proj_a.weight", heads, width)));
  }

  /** Whether the order differs at all. */
  private boolean isDealt() {
    return family.isQwen35() && dimensions.keyHeads() != dimensions.valueHeads();
  }

  /** The head, in groups, that comes t-th when dealt out. */
  private int head(int t) {
    int keyHeads = dimensions.keyHeads();
    return t % keyHeads * dimensions.valueHeadsEach() + t / keyHeads;
  }

  private int[] headOrder() {
    return IntStream.range(0, dimensions.valueHeads()).map(this::head).toArray();
  }

  private Rows headRows(Rows rows) {
    return isDealt() ? new OrderedRows(rows, headOrder()) : rows;
  }

  /** One row of one number for each head. */
  private Rows byHead(Rows row) {
    return isDealt() ? new OrderedColumns(row, headOrder()) : row;
  }

  /** Rows of queries and keys, which stay, and of values. */
  private Rows byChannel(Rows rows) {
    return byValue(rows, 2 * dimensions.keyRows());
  }

  private Rows byValue(Rows rows, int before) {
    if (!isDealt()) {
      return rows;
    }
    int size = dimensions.valueSize();
    IntUnaryOperator source =
        row ->
            row < before
                ? row
                : before + head((row - before) / size) * size + (row - before) % size;
    return new OrderedRows(
        rows, IntStream.range(0, Math.toIntExact(rows.rows())).map(source).toArray());
  }
}
