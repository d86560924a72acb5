package dev.tangram.cli;

import dev.tangram.engine.Speculation;
import picocli.CommandLine.Option;

/** How the engine guesses ahead; the words are vLLM's. */
final class SpeculationFlags {
  @Option(
      names = "--speculative",
      paramLabel = "METHOD",
      description =
          "Guess tokens ahead and check several in one step; the text stays the same: off; ngram, from what stood before in prompt and answer (default); mtp, from the model's own prediction head; auto, ngram first and then the head, if there is one.")
  private String method = Speculation.NGRAM.method().word();

  @Option(
      names = "--num-speculative-tokens",
      paramLabel = "N",
      description = "Most tokens guessed for one step, 1 to 31 (default: 15).")
  private Integer tokensMax;

  @Option(
      names = "--prompt-lookup-max",
      paramLabel = "N",
      description = "Last tokens that ngram compares with what stood before (default: 8).")
  private Integer lookupMax;

  @Option(
      names = "--prompt-lookup-min",
      paramLabel = "N",
      description = "Of these, tokens that must be equal (default: 3, or less with a smaller max).")
  private Integer lookupMin;

  Speculation speculation() {
    Speculation otherwise = Speculation.NGRAM;
    Speculation.Method asked =
        Speculation.Method.of(method)
            .orElseThrow(
                () ->
                    Failure.usage(
                        "--speculative: found \"%s\", allowed: %s",
                        method, Speculation.Method.words()));
    int most =
        inRange("--prompt-lookup-max", lookupMax, Speculation.LOOKUP_MAX, otherwise.lookupMax());
    int least = Math.min(otherwise.lookupMin(), most);
    return new Speculation(
        asked,
        inRange(
            "--num-speculative-tokens", tokensMax, Speculation.TOKENS_MAX, otherwise.tokensMax()),
        most,
        inRange("--prompt-lookup-min", lookupMin, most, least));
  }

  private static int inRange(String option, Integer found, int most, int otherwise) {
    if (found != null && (found < 1 || found > most)) {
      throw Failure.usage("%s: found %d, allowed: 1 to %d", option, found, most);
    }
    return found == null ? otherwise : found;
  }
}
