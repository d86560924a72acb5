package dev.tangram.fleet.sim;

/** Brings requests to hosts. Told of everything that may change where one should go. */
interface Dispatch {
  /** A request came, for the first time or because the one who had it died. */
  void arrived(Ticket ticket);

  /** A host has started, with its model. */
  void ready(Host host);

  /**
   * A host has ended a step.
   *
   * @param left whether a request has left it
   */
  void stepped(Host host, boolean left);
}
