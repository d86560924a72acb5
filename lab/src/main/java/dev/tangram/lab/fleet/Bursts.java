package dev.tangram.lab.fleet;

import dev.tangram.fleet.chip.Chip;
import dev.tangram.fleet.chip.ChipCatalogue;
import dev.tangram.fleet.cost.Calibration;
import dev.tangram.fleet.cost.Parallelism;
import dev.tangram.fleet.cost.PointsReader;
import dev.tangram.fleet.cost.Replica;
import dev.tangram.fleet.cost.Roofline;
import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.file.CsvTable;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.model.ModelShape;
import dev.tangram.fleet.sim.EngineLimits;
import dev.tangram.fleet.sim.Objective;
import dev.tangram.fleet.sim.Outcome;
import dev.tangram.fleet.sim.RooflineStep;
import dev.tangram.fleet.sim.ServedModel;
import dev.tangram.fleet.sim.Simulation;
import dev.tangram.fleet.workload.Lengths;
import dev.tangram.fleet.workload.Request;
import dev.tangram.fleet.workload.Trace;
import dev.tangram.lab.measure.Figures;
import dev.tangram.schedule.route.LeastLoaded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A thousand requests at once, as GPUStack's performance lab measured them, beside the simulator:
 * what a formula of a steady load misses by factors. Nothing was fitted to these rows.
 *
 * <p>{@code Bursts POINTS.csv ROWS.csv}: POINTS calibrates the cost model, GPUStack's own points
 * left out; ROWS are the lab's. Taken are its rows of vLLM without options that the simulator has
 * no word for. Lengths are drawn with the row's means, as the requests themselves are not
 * published.
 */
public final class Bursts {
  private static final Pattern SERVED =
      Pattern.compile(
          "vllm serve \\S+/(\\S+?)(-FP8)?((?: --max-model-len \\d+| --async-scheduling| -tp \\d+)*)");
  private static final Pattern TENSOR = Pattern.compile("-tp (\\d+)");
  private static final String DATED = "-(Instruct-2507|0528)$";

  /** ShareGPT's prompts and answers as vLLM's benchmark cuts them. */
  private static final double VARIATION = 1.2;

  private static final int TOKENS_MAX = 1_024;
  private static final double PROMPT_MEAN_MAX = 500;
  private static final int BLOCK_LENGTH = 16;
  private static final long SEED = 42;
  private static final Objective NONE = new Objective(1e6, 1e6);

  /** vLLM's defaults on chips of 70 GiB and more other than A100, and on the rest. */
  private static final int SEQUENCES_LARGE = 1_024;

  private static final int STEP_TOKENS_LARGE = 8_192;
  private static final int SEQUENCES = 256;
  private static final int STEP_TOKENS = 2_048;

  private final ChipCatalogue chips = ChipCatalogue.shipped();
  private final ModelCatalogue models = ModelCatalogue.shipped();
  private final Calibration calibration;
  private final List<Double> errors = new ArrayList<>();

  private Bursts(Path points) throws IOException {
    CsvTable table = CsvTable.read(points);
    List<CsvTable.Row> others =
        table.rows().stream().filter(row -> !row.text("source").contains("GPUStack")).toList();
    calibration =
        Calibration.of(
            new PointsReader(chips, models)
                .read(new CsvTable(table.file(), table.columns(), others))
                .measurements());
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: bursts POINTS.csv ROWS.csv");
      System.exit(2);
    }
    Bursts bursts = new Bursts(Path.of(args[0]));
    System.out.printf(
        "%-18s %-6s %-9s %21s %6s %15s %15s  %s%n",
        "model", "chip", "", "tokens/s told : sim", "", "TTFT s", "TPOT ms", "evidence");
    for (CsvTable.Row row : CsvTable.read(Path.of(args[1])).rows()) {
      bursts.line(row);
    }
    if (bursts.errors.isEmpty()) {
      System.err.println("bursts: no row of a burst that the simulator has a word for");
      System.exit(1);
    }
    double[] errors = bursts.errors.stream().mapToDouble(error -> error).toArray();
    System.out.printf(
        "%d rows, tokens/s missed by a median of %.0f %%%n",
        errors.length, 100 * Figures.median(errors));
  }

  private Optional<Replica> replica(CsvTable.Row row) {
    Matcher served = SERVED.matcher(row.text("serve"));
    if (!served.matches() || !row.text("maxconc").isEmpty()) {
      return Optional.empty();
    }
    Optional<ModelShape> model = models.find(served.group(1).replaceFirst(DATED, ""));
    Optional<Chip> chip = chips.find(row.text("chip"));
    if (model.isEmpty() || chip.isEmpty()) {
      return Optional.empty();
    }
    Matcher tensor = TENSOR.matcher(served.group(3));
    int size = tensor.find() ? Integer.parseInt(tensor.group(1)) : 1;
    return Optional.of(
        new Replica(
            model.get(),
            chip.get(),
            "vLLM",
            Parallelism.tensor(size),
            weights(served),
            KvType.FP16));
  }

  /** As the files are: DeepSeek's are of 8 bits, gpt-oss's of 4. */
  private static WeightType weights(Matcher served) {
    String name = served.group(1);
    if (name.startsWith("gpt-oss")) {
      return WeightType.INT4;
    }
    return served.group(2) != null || name.startsWith("DeepSeek")
        ? WeightType.FP8
        : WeightType.BF16;
  }

  private void line(CsvTable.Row row) {
    Optional<Replica> known = replica(row);
    int requests = (int) row.number("n", false);
    double prompt = row.number("in_tok", false) / requests;
    if (known.isEmpty() || prompt > PROMPT_MEAN_MAX) {
      return;
    }
    Replica replica = known.get();
    Lengths lengths =
        Lengths.lognormal(prompt, row.number("out_tok", false) / requests, VARIATION, TOKENS_MAX);
    Outcome outcome;
    try {
      outcome = run(replica, requests, lengths);
    } catch (IllegalArgumentException e) {
      System.out.printf(
          "%-18s %-6s %s%n", replica.model().name(), row.text("chip"), e.getMessage());
      return;
    }
    double told = row.number("out_tps", false);
    double simulated = outcome.outputTokensPerSecond();
    errors.add(Math.abs(simulated / told - 1));
    System.out.printf(
        "%-18s %-6s %-9s %9.0f : %9.0f %+5.0f%% %6.1f : %6.1f %6.0f : %6.0f  %s%n",
        replica.model().name(),
        row.text("chip"),
        replica.weights() + " x" + replica.parallelism().chips(),
        told,
        simulated,
        100 * (simulated / told - 1),
        row.number("ttft_mean", true) / 1e3,
        outcome.ttftSeconds().mean(),
        row.number("tpot_mean", true),
        1e3 * outcome.tpotSeconds().mean(),
        calibration.evidence(replica).words());
  }

  private Outcome run(Replica replica, int requests, Lengths lengths) {
    Roofline roofline = Roofline.of(replica);
    boolean large =
        replica.chip().name().contains("H100") || replica.chip().name().contains("H200");
    ServedModel served =
        new ServedModel(
            replica.model().name(),
            new RooflineStep(roofline, calibration.constants(replica)),
            EngineLimits.of(
                roofline,
                false,
                BLOCK_LENGTH,
                large ? SEQUENCES_LARGE : SEQUENCES,
                large ? STEP_TOKENS_LARGE : STEP_TOKENS,
                Long.MAX_VALUE),
            0);
    SplittableRandom random = new SplittableRandom(SEED);
    List<Request> burst = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      Lengths.Pair pair = lengths.draw(random);
      burst.add(Request.unique(0, 0, pair.prompt(), pair.output()));
    }
    return Simulation.dedicated(List.of(served), new int[] {1}, LeastLoaded::new, NONE)
        .run(new Trace(burst).replay(1), 1, List.of());
  }
}
