package dev.tangram.fleet.cost;

import dev.tangram.fleet.cost.Parallelism.Split;
import dev.tangram.fleet.model.ModelShape;
import dev.tangram.schedule.Invariant;

/**
 * Times of one replica by bytes moved and products made, per chip of the replica.
 *
 * <p>A decode step of B sequences: the weights that the batch touches are read once, every
 * sequence's keys and values once, its state is read and written. Weight traffic and weight
 * products overlap in part ({@link Assumptions#overlap}); of attention the slower of reading and
 * multiplying counts. Prompts are read in steps of their own that are large enough to be bound by
 * compute.
 *
 * <p>Pure; one instance may be used by many threads.
 */
public final class Roofline {
  private static final double MICRO = 1e-6;
  private static final double MILLI = 1e-3;
  private static final double SIXTEEN_BITS = 2;
  private static final double DISPATCH_BYTES = 1;
  private static final double COMBINE_BYTES = 2;

  private final Replica replica;
  private final Rates rates;
  private final Assumptions assumptions;
  private final ModelShape model;
  private final int chips;
  private final boolean tensor;

  private Roofline(Replica replica, Assumptions assumptions) {
    this.replica = replica;
    this.assumptions = assumptions;
    this.rates = Rates.of(replica, assumptions);
    this.model = replica.model();
    this.chips = replica.parallelism().chips();
    this.tensor = replica.parallelism().split() == Split.TENSOR;
  }

  /** Of a replica whose chip figures are all known: see {@link Calibration#obstacle}. */
  public static Roofline of(Replica replica) {
    Invariant.check(Rates.missing(replica).isEmpty(), "a roofline needs every figure of its chip");
    return new Roofline(replica, Assumptions.DEFAULT);
  }

  /** Bytes of weights that one chip holds; embedding and output matrix stay in 16 bits. */
  public double heldBytes() {
    double wide = model.headWeights() * (model.tied() ? 1 : 2) * SIXTEEN_BITS;
    double shared = model.sharedWeights() * replica.weights().bytes() + wide;
    double routed = model.routedWeights() * replica.weights().bytes();
    return (tensor ? shared / chips : shared) + routed / chips;
  }

  /** Sequences that fit, each with room for its whole answer; less than 1 if none does. */
  public double capacity(Load load) {
    double room = assumptions.memoryShare() * rates.memoryBytes() - heldBytes();
    double whole = load.promptTokens() + load.outputTokens();
    double each = model.kvBytes(whole, replica.kv()) / cacheShards() + statePerChip();
    double perReplica = tensor ? room / each : chips * room / each;
    return Math.min(perReplica, assumptions.sequencesMax() * (tensor ? 1.0 : chips));
  }

  /** Bytes of one chip that are left for sequences; not above 0 if the weights do not fit. */
  public double roomBytes() {
    return assumptions.memoryShare() * rates.memoryBytes() - heldBytes();
  }

  /** Bytes of one chip that a token of a sequence on it takes, in layers that see everything. */
  public double tokenBytes() {
    return model.kvBytesPerToken(replica.kv()) / cacheShards();
  }

  /** Bytes of one chip that a sequence on it takes whatever its length: states, full windows. */
  public double sequenceBytes() {
    double whole = model.kvBytes(model.window(), replica.kv());
    double windows = whole - model.window() * model.kvBytesPerToken(replica.kv());
    return windows / cacheShards() + statePerChip();
  }

  /**
   * Chips among which sequences are divided, each with its own; 1 if every chip has a part of all.
   */
  public int sequenceShards() {
    return tensor ? 1 : chips;
  }

  /** What one chip would need for one sequence of this load, and what it has. */
  Forecast.DoesNotFit shortage(Load load) {
    double whole = load.promptTokens() + load.outputTokens();
    double one = model.kvBytes(whole, replica.kv()) / cacheShards() + statePerChip();
    return new Forecast.DoesNotFit(
        (heldBytes() + one) / 1e9, assumptions.memoryShare() * rates.memoryBytes() / 1e9);
  }

  /** Sequences that run at once under a load, at least one. */
  public double batch(Load load) {
    return Math.max(1, Math.min(load.sequences(), capacity(load)));
  }

  /** Seconds of a step that gives each of {@code batch} sequences one token. */
  public double decodeSeconds(Constants constants, double batch, double context) {
    double own = tensor ? batch : batch / chips;
    double head = model.headWeights();
    double shared = model.sharedWeights();
    double routed = model.routedWeightsTouched(batch);
    double split = tensor ? chips : 1;
    double weightBytes =
        (shared / split + routed / chips) * replica.weights().bytes() + head * SIXTEEN_BITS / split;
    double weightOps = own / split * 2 * (shared + model.routedWeightsPerToken());
    double headOps = own / split * 2 * head;
    double matrices =
        overlapped(
            weightBytes / (rates.bandwidth() * constants.bandwidthShare()),
            (weightOps / rates.compute() + headOps / rates.halfCompute())
                / constants.computeShare());
    double cacheBytes =
        own * (model.kvBytes(context, replica.kv()) / cacheShards() + 2 * statePerChip());
    double attentionOps =
        own
            / split
            * 2
            * (attended(context) * model.attention().decodeProducts() + stateProducts());
    double attention =
        Math.max(
            cacheBytes / (rates.bandwidth() * constants.bandwidthShare()),
            attentionOps / (rates.halfCompute() * constants.attentionShare()));
    return matrices
        + attention
        + collectives(own)
        + beginnings()
        + constants.stepMillis() * MILLI
        + own * constants.sequenceMicros() * MICRO;
  }

  /** Seconds that {@code tokens} tokens of prompts of this length take, among many others. */
  public double prefillSeconds(Constants constants, double tokens, double promptTokens) {
    double own = tensor ? tokens : tokens / chips;
    double split = tensor ? chips : 1;
    double ops = own / split * 2 * (model.sharedWeights() + (double) model.routedWeightsPerToken());
    // A token sees half of its prompt in the mean.
    double attentionOps =
        own
            / split
            * 2
            * (attended(promptTokens / 2) * model.attention().prefillProducts() + stateProducts());
    return ops / (rates.compute() * constants.computeShare())
        + attentionOps / (rates.halfCompute() * constants.attentionShare())
        + collectives(own);
  }

  /** The metric's value under a load. */
  public double value(Metric metric, Constants constants, Load load) {
    double batch = batch(load);
    return switch (metric) {
      case OUTPUT_TOKENS_PER_SECOND -> batch / tokenSeconds(constants, load, batch);
      case DECODE_TOKENS_PER_SECOND -> batch / decodeSeconds(constants, batch, load.meanContext());
      case PREFILL_TOKENS_PER_SECOND ->
          load.promptTokens() / prefillSeconds(constants, load.promptTokens(), load.promptTokens());
      case TOKENS_PER_SECOND_OF_ONE -> 1 / tokenSeconds(constants, load, batch);
      case TPOT_MILLIS -> tokenSeconds(constants, load, batch) / MILLI;
      case TTFT_MILLIS ->
          (prefillSeconds(constants, load.promptTokens(), load.promptTokens())
                  + decodeSeconds(constants, 1, load.promptTokens()))
              / MILLI;
    };
  }

  /** A step, and the prompts that take their turns between two steps of a steady load. */
  private double tokenSeconds(Constants constants, Load load, double batch) {
    double step = decodeSeconds(constants, batch, load.meanContext());
    double promptTokens = batch * load.promptTokens() / load.outputTokens();
    return promptTokens == 0
        ? step
        : step + prefillSeconds(constants, promptTokens, load.promptTokens());
  }

  /** Positions of all attention layers together that one token looks at. */
  private double attended(double context) {
    return model.fullLayers() * context + model.windowLayers() * Math.min(context, model.window());
  }

  private double stateProducts() {
    return model.deltaNet().map(net -> (double) model.stateLayers() * net.products()).orElse(0.0);
  }

  private double statePerChip() {
    return model.stateBytes() / (tensor ? (double) chips : 1);
  }

  /** More chips than kv heads hold copies; DeepSeek's latent rows are copied to every chip. */
  private int cacheShards() {
    return tensor ? Math.min(chips, model.attention().cacheShards()) : 1;
  }

  /** Moving the activations of {@code own} tokens of a chip, all layers. */
  private double collectives(double own) {
    if (chips == 1) {
      return 0;
    }
    double bytesPerSecond = rates.linkBytes() * assumptions.linkShare();
    if (tensor) {
      double ring = 2.0 * (chips - 1) / chips;
      return 2.0 * model.layers() * ring * own * model.width() * SIXTEEN_BITS / bytesPerSecond;
    }
    return model
        .experts()
        .map(
            e ->
                e.layers()
                    * own
                    * e.perToken()
                    * model.width()
                    * (DISPATCH_BYTES + COMBINE_BYTES)
                    / bytesPerSecond)
        .orElse(0.0);
  }

  private double beginnings() {
    return chips == 1 ? 0 : 2.0 * model.layers() * assumptions.collectiveMicros() * MICRO;
  }

  private double overlapped(double a, double b) {
    double p = assumptions.overlap();
    return Math.pow(Math.pow(a, p) + Math.pow(b, p), 1 / p);
  }
}
