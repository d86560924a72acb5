package dev.tangram.fleet.sim;

import dev.tangram.fleet.workload.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The requests that live, by slots that are used again. */
final class Tickets {
  private final List<Ticket> slots = new ArrayList<>();
  private int[] free = new int[64];
  private int freeCount;
  private int numbers;

  Ticket open(Request request) {
    int slot = freeCount > 0 ? free[--freeCount] : slots.size();
    Ticket ticket = new Ticket(request, numbers++, slot);
    if (slot == slots.size()) {
      slots.add(ticket);
    } else {
      slots.set(slot, ticket);
    }
    return ticket;
  }

  Ticket at(int slot) {
    return slots.get(slot);
  }

  void close(Ticket ticket) {
    slots.set(ticket.slot, null);
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, 2 * freeCount);
    }
    free[freeCount++] = ticket.slot;
  }

  /** Requests opened so far. */
  int opened() {
    return numbers;
  }

  /** Requests that have not ended. */
  int open() {
    return slots.size() - freeCount;
  }
}
