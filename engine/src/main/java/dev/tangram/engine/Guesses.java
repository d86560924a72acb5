package dev.tangram.engine;

import dev.tangram.engine.draft.PromptLookup;
import dev.tangram.engine.draft.TextGuess;
import dev.tangram.schedule.Sequence;
import dev.tangram.schedule.draft.DraftPace;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * What is guessed for one sequence, from where, and how it turned out.
 *
 * <p>Threads: the step loop's.
 */
final class Guesses {
  /**
   * What one more row adds to a step, as a share of a step of one row. Measured: see
   * docs/decisions/0015.
   */
  private static final double ROW_COST = 0.3;

  /** The same for a row that the head had to guess: its layer and the vocabulary run once more. */
  private static final double HEAD_ROW_COST = 0.4;

  /** What is taken for granted until a sequence has shown better: of copies, and of heads. */
  private static final double COPY_CHANCE = 0.5;

  private static final double HEAD_CHANCE = 0.75;

  private final Sequence sequence;
  // Null if the text is not searched. What it needs is made when the sequence first decodes: others
  // wait in line, or are refused.
  private final Supplier<TextGuess> textSource;
  private TextGuess text;
  // Null: guess whenever there is a guess.
  private final DraftPace textPace;
  private final DraftPace headPace;
  private final int[] tokens;
  private DraftPace used;
  private boolean predicted;

  private int predictedRight;
  private int predictedWrong;

  private Guesses(
      Sequence sequence,
      int most,
      Supplier<TextGuess> textSource,
      DraftPace textPace,
      DraftPace headPace) {
    this.sequence = sequence;
    this.tokens = new int[most];
    this.textSource = textSource;
    this.textPace = textPace;
    this.headPace = headPace;
  }

  /**
   * Guesses as an engine makes them for a request; null if it makes none.
   *
   * @param head whether the model's head guesses
   */
  static Guesses of(Sequence sequence, GenerationRequest request, Speculation how, boolean head) {
    if (!how.on() || !request.speculative() || request.tokensMax() < 2) {
      return null;
    }
    boolean looksUp = how.method().looksUp() || request.prediction().length > 0;
    if (!looksUp && !head) {
      return null;
    }
    int most = how.tokensMax();
    return new Guesses(
        sequence,
        most,
        looksUp ? () -> lookup(request, how) : null,
        new DraftPace(most, ROW_COST, COPY_CHANCE),
        new DraftPace(head ? most : 0, HEAD_ROW_COST, HEAD_CHANCE));
  }

  /** Guesses of somebody else, as often and as many as there are. */
  static Guesses all(Sequence sequence, int most, TextGuess text) {
    return new Guesses(sequence, most, () -> text, null, new DraftPace(0, 0, 0));
  }

  private static PromptLookup lookup(GenerationRequest request, Speculation how) {
    int[] prompt = request.prompt();
    int[] given = request.prediction();
    if (given.length > 0) {
      // After the prompt's last tokens, so that it is found at the answer's first.
      int tail = Math.min(prompt.length, how.lookupMax());
      int[] joined = Arrays.copyOfRange(prompt, prompt.length - tail, prompt.length + given.length);
      System.arraycopy(given, 0, joined, tail, given.length);
      given = joined;
    }
    int lengthMax = given.length + prompt.length + request.tokensMax();
    return new PromptLookup(how.lookupMax(), how.lookupMin(), given, lengthMax);
  }

  private int most() {
    return Math.min(tokens.length, sequence.tokensMax() - sequence.made() - 1);
  }

  /** Looks into the text; what was found is proposed. */
  void fromText(int others) {
    int most = most();
    if (textSource == null || most < 1) {
      return;
    }
    if (text == null) {
      text = textSource.get();
    }
    int found = text.guess(sequence, most, tokens);
    if (found > 0) {
      used = textPace;
      predicted = text.fromGiven();
      sequence.propose(tokens, textPace == null ? found : Math.min(found, textPace.next(others)));
    }
  }

  /** How many tokens the head shall guess; 0 if there is a guess already. */
  int wantedOfHead(int others) {
    return sequence.drafts() > 0 || most() < 1 ? 0 : Math.min(headPace.next(others), most());
  }

  /** The head's guesses, of which {@code count} are in {@link #tokens}. */
  void fromHead(int count) {
    used = headPace;
    predicted = false;
    sequence.propose(tokens, count);
  }

  int[] tokens() {
    return tokens;
  }

  /** A step ran the first {@code ran} guesses, and {@code kept} of them were right. */
  void saw(int ran, int kept) {
    if (predicted) {
      predictedRight += kept;
      predictedWrong += ran - kept;
    }
    if (used != null) {
      used.saw(ran, kept);
    }
  }

  int predictedRight() {
    return predictedRight;
  }

  int predictedWrong() {
    return predictedWrong;
  }
}
