package dev.tangram.engine;

import dev.tangram.engine.prompt.TemplateException;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How Qwen3-Reranker is asked: a yes-or-no question whose answer is read from the logits of these
 * two tokens. Wording as published with the model (Qwen/Qwen3-Reranker-0.6B, Apache-2.0).
 */
public final class Reranker {
  /** What is asked when the request does not say. */
  public static final String INSTRUCTION =
      "Given a web search query, retrieve relevant passages that answer the query";

  private static final String BEFORE =
      "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and"
          + " the Instruct provided. Note that the answer can only be \"yes\" or"
          + " \"no\".<|im_end|>\n<|im_start|>user\n";
  private static final String AFTER = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n";

  private Reranker() {}

  /** The answers' tokens: no, then yes; empty if the vocabulary has not both as single tokens. */
  static Optional<Readout.Logits> judge(Tokenizer tokenizer) {
    OptionalInt no = tokenizer.id("no");
    OptionalInt yes = tokenizer.id("yes");
    return no.isPresent() && yes.isPresent()
        ? Optional.of(new Readout.Logits(no.getAsInt(), yes.getAsInt()))
        : Optional.empty();
  }

  /** What is read after a prompt of {@link #prompt}. */
  public static Readout readout(Engine engine) {
    return judge(tokenizer(engine))
        .orElseThrow(
            () -> new TemplateException(engine.card().name() + " has no tokens yes and no"));
  }

  /**
   * The ids of the question about one document; none of the three texts becomes a control token. As
   * in the reference, what does not fit is cut from the end of the document.
   *
   * @param tokensMax of the whole prompt; {@link Integer#MAX_VALUE} to cut nothing
   */
  public static int[] prompt(
      Engine engine, String instruction, String query, String document, int tokensMax) {
    Tokenizer tokenizer = tokenizer(engine);
    int[] before = tokenizer.encode(MarkedText.trusted(BEFORE));
    int[] after = tokenizer.encode(MarkedText.trusted(AFTER));
    int[] middle =
        tokenizer.encode(
            MarkedText.plain(
                "<Instruct>: %s\n<Query>: %s\n<Document>: %s"
                    .formatted(instruction, query, document)));
    int kept = Math.clamp(tokensMax - before.length - after.length, 0, middle.length);
    int[] ids = Arrays.copyOf(before, before.length + kept + after.length);
    System.arraycopy(middle, 0, ids, before.length, kept);
    System.arraycopy(after, 0, ids, before.length + kept, after.length);
    return ids;
  }

  private static Tokenizer tokenizer(Engine engine) {
    return engine
        .tokenizer()
        .orElseThrow(() -> new TemplateException(engine.card().name() + " carries no tokenizer"));
  }

  /** The probability of yes, of yes and no: 0 to 1. */
  public static double score(float[] logits) {
    return 1 / (1 + Math.exp((double) logits[0] - logits[1]));
  }
}
