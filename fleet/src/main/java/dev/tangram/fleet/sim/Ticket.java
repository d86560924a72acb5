package dev.tangram.fleet.sim;

import dev.tangram.fleet.workload.Request;
import dev.tangram.schedule.Sequence;

/** A request on its way through the fleet. */
final class Ticket {
  static final long NEVER = -1;

  final Request request;
  final int number;
  final int slot;
  Sequence sequence;
  long firstNanos = NEVER;

  /**
   * @param number of the request, from 0
   * @param slot where it is found while it lives
   */
  Ticket(Request request, int number, int slot) {
    this.request = request;
    this.number = number;
    this.slot = slot;
  }
}
