package dev.tangram.schedule.route;

/** What a router sees of one replica. */
public interface ReplicaLoad {
  /** Whether it takes requests now: it has started and is not shutting down. */
  boolean accepts();

  /** Requests that it was given and that have not ended. */
  int requests();

  /** Prompt tokens of those of its requests that have no first token yet. */
  long promptTokensAhead();
}
