package dev.tangram.fleet.plan;

/** A requirement that a plan must meet, by itself: what an explanation of the impossible names. */
public sealed interface Rule {
  String words();

  /** A rule about one demand. */
  sealed interface OfDemand extends Rule {
    Demand demand();
  }

  record Traffic(Demand demand) implements OfDemand {
    @Override
    public String words() {
      return "%s: %s requests/s of %.0f + %.0f tokens"
          .formatted(
              demand.name(),
              Digits.of(demand.requestsPerSecond()),
              demand.promptTokens(),
              demand.outputTokens());
    }
  }

  record Ttft(Demand demand) implements OfDemand {
    @Override
    public String words() {
      return "%s: TTFT at most %s ms".formatted(demand.name(), Digits.of(demand.ttftMillis()));
    }
  }

  record Tpot(Demand demand) implements OfDemand {
    @Override
    public String words() {
      return "%s: TPOT at most %s ms".formatted(demand.name(), Digits.of(demand.tpotMillis()));
    }
  }

  record Replicas(Demand demand) implements OfDemand {
    @Override
    public String words() {
      return "%s: at least %d replicas".formatted(demand.name(), demand.replicasMin());
    }
  }

  record Rooms(Demand demand) implements OfDemand {
    @Override
    public String words() {
      return "%s: replicas in at least %d rooms".formatted(demand.name(), demand.roomsMin());
    }
  }

  record Origins(Tenant tenant) implements Rule {
    @Override
    public String words() {
      return "%s: chips from %s only".formatted(tenant.name(), String.join(", ", tenant.origins()));
    }
  }

  record Vendors(Tenant tenant) implements Rule {
    @Override
    public String words() {
      return "%s: no chips of %s"
          .formatted(tenant.name(), String.join(", ", tenant.withoutVendors()));
    }
  }

  record Chips(Pool pool) implements Rule {
    @Override
    public String words() {
      return "pool %s: %d chips".formatted(pool.name(), pool.chips());
    }
  }

  record Power(Room room) implements Rule {
    @Override
    public String words() {
      return "room %s: %s kW".formatted(room.name(), Digits.of(room.watts().orElseThrow() / 1000));
    }
  }
}
