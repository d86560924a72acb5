package dev.tangram.server.openai;

import dev.tangram.server.http.ApiException;
import dev.tangram.server.run.GenerationLoop;

/** One way to answer: as a stream or as a whole. */
interface Answer extends GenerationLoop.Listener {
  /** All generations finished. */
  void complete();

  /** They did not; throws the error if nothing was sent yet. */
  void fail(ApiException error);
}
