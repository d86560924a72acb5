package dev.tangram.engine;

import dev.tangram.schedule.Rejection;

/** The answer to a submit, given at once. */
public sealed interface Submission {
  /** Taken; events will come. */
  record Admitted(Generation generation) implements Submission {}

  /** Not taken, nothing was kept. */
  record Refused(Rejection rejection) implements Submission {}
}
