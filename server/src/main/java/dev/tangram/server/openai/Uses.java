package dev.tangram.server.openai;

import dev.tangram.engine.Engine;
import dev.tangram.engine.ModelUse;
import dev.tangram.engine.Prompts;
import dev.tangram.server.http.ApiException;
import dev.tangram.server.run.Submitter;

/** Which model answers at which route, and how long its texts may be. */
final class Uses {
  private Uses() {}

  /**
   * Refuses a model of another use.
   *
   * @throws ApiException 400 that says where to go instead
   */
  static void require(Engine engine, ModelUse wanted) {
    if (engine.use() != wanted) {
      throw mismatch(engine);
    }
  }

  /** 400: this model answers elsewhere. */
  static ApiException mismatch(Engine engine) {
    String route =
        switch (engine.use()) {
          case GENERATE -> "/v1/chat/completions or /v1/completions";
          case EMBED -> "/v1/embeddings";
          case RERANK -> "/v1/rerank";
        };
    return ApiException.invalid(
        "model",
        "model_not_supported",
        "This is %s: use %s.".formatted(engine.use().words(), route));
  }

  /**
   * Ids that fit the model: cut if that was asked for.
   *
   * @param param the field; name: the field and its index
   * @throws ApiException 400 naming field and index if they are too long
   */
  static int[] fitted(
      Engine engine,
      Submitter submitter,
      int[] ids,
      Truncation truncation,
      String param,
      String name) {
    int context = engine.card().contextLength();
    int[] fitted = Prompts.truncated(engine, ids, truncation.tokensMax(context));
    requireFit(engine, submitter, fitted, param, name);
    return fitted;
  }

  static void requireFit(Engine engine, Submitter submitter, int[] ids, String param, String name) {
    int context = engine.card().contextLength();
    if (ids.length > context) {
      throw submitter.tooLong(
          param,
          "%s: found %d tokens, this model reads at most %d; shorten it or send truncate_prompt_tokens"
              .formatted(name, ids.length, context));
    }
  }
}
