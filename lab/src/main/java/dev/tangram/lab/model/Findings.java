package dev.tangram.lab.model;

import java.util.List;

/**
 * How far one model is from its reference.
 *
 * @param worstLogit greatest difference among the top eight logits after each prompt
 * @param argmaxEqual prompt positions with the reference's argmax, of {@code argmaxAll}
 * @param greedyEqual tokens with the reference's choice, of {@code greedyAll}
 * @param nll mean negative log-likelihood of the text in nats; NaN if it was not scored
 * @param faults differences beyond the tolerance, one sentence each; empty is good
 */
record Findings(
    String model,
    double worstLogit,
    int argmaxEqual,
    int argmaxAll,
    int greedyEqual,
    int greedyAll,
    double nll,
    double nllReference,
    List<String> faults) {
  /** One line for people. */
  String line() {
    return "%-20s top-8 logits within %.5f | argmax %d/%d | greedy %d/%d | NLL %.5f, reference %.5f (%+.3f %%) | %s"
        .formatted(
            model,
            worstLogit,
            argmaxEqual,
            argmaxAll,
            greedyEqual,
            greedyAll,
            nll,
            nllReference,
            100 * (nll / nllReference - 1),
            faults.isEmpty() ? "good" : faults.size() + " faults");
  }
}
