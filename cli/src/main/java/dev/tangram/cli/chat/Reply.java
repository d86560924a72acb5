package dev.tangram.cli.chat;

import dev.tangram.engine.Usage;
import dev.tangram.schedule.FinishReason;
import java.util.Locale;

/**
 * What became of one question.
 *
 * @param turnsLeftOut earlier turns that the prompt no longer had room for
 * @param error null unless the reason is ERROR
 */
public record Reply(FinishReason reason, Usage usage, int turnsLeftOut, String error) {
  /** For example {@code 42 tokens, 35.1 tokens/s, first token after 0.21 s}. */
  public String closingLine() {
    StringBuilder line = new StringBuilder();
    line.append(usage.completionTokens())
        .append(usage.completionTokens() == 1 ? " token" : " tokens");
    if (usage.decodeTokensPerSecond() > 0) {
      line.append(String.format(Locale.ROOT, ", %.1f tokens/s", usage.decodeTokensPerSecond()));
    }
    if (usage.completionTokens() > 0) {
      line.append(String.format(Locale.ROOT, ", first token after %.2f s", usage.ttftSeconds()));
    }
    switch (reason) {
      case CANCELLED -> line.append(", stopped");
      case LENGTH -> line.append(", cut at the limit");
      case STOP, ERROR -> {}
    }
    return line.toString();
  }
}
