package dev.tangram.schedule.place;

import java.util.ArrayList;
import java.util.List;

/** What would have to be otherwise. */
final class Changes {
  private Changes() {}

  static List<String> of(ChipLedger ledger, Request request) {
    return new ArrayList<>();
  }
}
