package dev.tangram.schedule.admit;

/**
 * Bounds of the waiting line.
 *
 * @param contextTokensMax prompt and asked-for tokens of one request
 * @param waitingMax requests
 * @param waitingTokensMax their prompt tokens together
 * @param waitNanosMax expected wait beyond which a request is refused at once instead of served too
 *     late
 */
public record AdmissionLimits(
    int contextTokensMax, int waitingMax, long waitingTokensMax, long waitNanosMax) {
  public AdmissionLimits {
    if (contextTokensMax < 1 || waitingMax < 1 || waitingTokensMax < 1 || waitNanosMax < 1) {
      throw new IllegalArgumentException(
          "contextTokensMax %d, waitingMax %d, waitingTokensMax %d, waitNanosMax %d: each at least 1"
              .formatted(contextTokensMax, waitingMax, waitingTokensMax, waitNanosMax));
    }
  }
}
