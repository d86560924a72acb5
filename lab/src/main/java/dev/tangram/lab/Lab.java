package dev.tangram.lab;

import dev.tangram.lab.fleet.Bursts;
import dev.tangram.lab.fleet.FleetReach;
import dev.tangram.lab.fleet.RoutingTable;
import dev.tangram.lab.kernel.DeltaBench;
import dev.tangram.lab.kernel.ExpertsBench;
import dev.tangram.lab.kernel.KernelBench;
import dev.tangram.lab.kernel.TierBench;
import dev.tangram.lab.model.Likelihood;
import dev.tangram.lab.model.Reference;
import dev.tangram.lab.peer.Peers;
import dev.tangram.lab.place.OpenbReplay;
import dev.tangram.lab.place.PlacementBench;
import dev.tangram.lab.random.RandomModel;
import dev.tangram.lab.step.ContextTrial;
import dev.tangram.lab.step.StepProfile;
import dev.tangram.lab.step.StolenCore;
import dev.tangram.lab.trial.ColdStart;
import dev.tangram.lab.trial.Departures;
import dev.tangram.lab.trial.MemoryPeak;
import dev.tangram.lab.trial.Opening;
import dev.tangram.lab.trial.PrefixHit;
import dev.tangram.lab.trial.Speculate;
import dev.tangram.lab.trial.Streams;
import java.util.Arrays;

/** The door of the lab: {@code lab/run COMMAND ...}. */
public final class Lab {
  private static final String USAGE =
      """
      usage: lab/run COMMAND [ARGUMENTS]
        peers FILE.gguf...        decode, prefill and batch tokens/s beside llama.cpp or Jlama, alternated
        streams FILE.gguf         8 streams at once against one: the same text, and how much faster in total
        prefix FILE.gguf          time to first token of a repeated 1,000-token prefix against the first time
        memory FILE [TOKENS]      what a prompt takes of memory beside the formulas
        cold-start MODEL          process start to first token of ./tangram run, median of 5
        opening FILE...           opening without and with a packed copy: seconds and memory
        departures FILE.gguf      10,000 clients that leave at random moments: nothing may stay held
        context FILE [LENGTH...]  prompt and decode tokens/s at context lengths, 1024 and 32768 unless told
        steps FILE [LENGTH...]    what of a step each kernel takes
        stolen FILE               decoding with all threads against one while a process spins on a core
        kernels                   products per format beside read bandwidth and FMA peak
        tiers                     two kernel tiers in turns, and the ratio of their times
        generate SHAPE [FORMAT] FILE.gguf  random weights: qwen3-0.6b, qwen3moe-1b, qwen35-0.8b, qwen3next-2b
        experts                   many small products in one call and in a call each
        delta                     the gated delta rule token by token and in chunks, per token and layer
        likelihood FILE...        of a text by each kernel tier, beside the scalar one's
        speculate FILE [THREADS [METHOD [TOKENS]]]  an edit and stories, plain and with guesses in turns
        openb [TRACE...]          placement policies on Alibaba's trace beside FGD's published figures
        fleet [FOLDER [POINTS.csv...]]  planning, placing, simulating, pooling, forecasts beside their goals
        bursts POINTS.csv ROWS.csv  a thousand requests at once: GPUStack's measurements, simulated
        routing TRACE [tune]      routers on the second half of a trace; tune: their constants on the first
        placement                 how long a placement decision takes among 22,832 chips
        reference FOLDER          real models against transformers: ids, logits, greedy tokens, likelihood
      """;

  private Lab() {}

  public static void main(String[] args) throws Exception {
    String command = args.length == 0 ? "" : args[0];
    String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    switch (command) {
      case "peers" -> Peers.main(rest);
      case "streams" -> Streams.main(rest);
      case "prefix" -> PrefixHit.main(rest);
      case "memory" -> MemoryPeak.main(rest);
      case "cold-start" -> ColdStart.main(rest);
      case "opening" -> Opening.main(rest);
      case "departures" -> Departures.main(rest);
      case "context" -> ContextTrial.main(rest);
      case "steps" -> StepProfile.main(rest);
      case "stolen" -> StolenCore.main(rest);
      case "kernels" -> KernelBench.main(rest);
      case "tiers" -> TierBench.main(rest);
      case "generate" -> RandomModel.main(rest);
      case "experts" -> ExpertsBench.main(rest);
      case "delta" -> DeltaBench.main(rest);
      case "likelihood" -> Likelihood.main(rest);
      case "speculate" -> Speculate.main(rest);
      case "openb" -> OpenbReplay.main(rest);
      case "fleet" -> FleetReach.main(rest);
      case "bursts" -> Bursts.main(rest);
      case "routing" -> RoutingTable.main(rest);
      case "placement" -> PlacementBench.main(rest);
      case "reference" -> Reference.main(rest);
      default -> {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
  }
}
