package dev.tangram.fleet.plan;

import com.google.ortools.Loader;
import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPObjective;
import com.google.ortools.linearsolver.MPSolver;
import com.google.ortools.linearsolver.MPSolver.ResultStatus;
import com.google.ortools.linearsolver.MPSolverParameters;
import com.google.ortools.linearsolver.MPSolverParameters.DoubleParam;
import com.google.ortools.linearsolver.MPVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * The integer program: how many replicas of each choice. Rows are written so that their linear
 * relaxation is tight: a replica counts for no more than its demand's whole traffic.
 *
 * <p>One use, one thread; holds native memory until closed.
 */
final class Program implements AutoCloseable {
  private static final double INFINITY = Double.POSITIVE_INFINITY;
  private static final int WHOLE_MAX = 1_000_000;

  private static boolean loaded;

  private final MPSolver solver;
  private final Map<Choice, MPVariable> replicas = new LinkedHashMap<>();
  private final Map<Demand, MPVariable> dropped = new LinkedHashMap<>();
  private final Map<Pool, MPVariable> bought = new LinkedHashMap<>();

  /** What a solver found: nothing if the rows contradict each other. */
  record Solution(
      Map<Choice, Long> replicas,
      Set<Demand> dropped,
      Map<Pool, Long> serversBought,
      double value,
      double bound) {}

  /**
   * @param droppable demands that may be left out whole
   * @param buyable pools that may get further servers
   */
  Program(
      Fleet fleet,
      List<Menu> menus,
      Predicate<Rule> holds,
      Predicate<Demand> droppable,
      Predicate<Pool> buyable) {
    load();
    solver = MPSolver.createSolver("SCIP");
    for (Menu menu : menus) {
      add(menu, holds, droppable.test(menu.demand()));
    }
    addPools(fleet, holds, buyable);
    addRooms(fleet, holds);
  }

  private static synchronized void load() {
    if (!loaded) {
      try {
        Loader.loadNativeLibraries();
      } catch (RuntimeException | LinkageError e) {
        throw new IllegalArgumentException(
            ("planning needs the native part of OR-Tools: found none for %s on %s, allowed:"
                    + " Linux on x86-64, the platform of the build, or its jar ortools-... on the class path")
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
            e);
      }
      loaded = true;
    }
  }

  private void add(Menu menu, Predicate<Rule> holds, boolean droppable) {
    Demand demand = menu.demand();
    MPConstraint traffic = row(holds.test(new Rule.Traffic(demand)) ? 1 : -INFINITY, INFINITY);
    MPConstraint count =
        row(holds.test(new Rule.Replicas(demand)) ? demand.replicasMin() : -INFINITY, INFINITY);
    Map<Room, List<MPVariable>> rooms = new LinkedHashMap<>();
    for (Choice choice : menu.choices()) {
      MPVariable number =
          solver.makeIntVar(0, Math.min(WHOLE_MAX, choice.replicasAlone() + demand.roomsMin()), "");
      replicas.put(choice, number);
      traffic.setCoefficient(number, Math.min(1, choice.rate() / demand.requestsPerSecond()));
      count.setCoefficient(number, 1);
      rooms.computeIfAbsent(choice.pool().room(), _ -> new ArrayList<>()).add(number);
    }
    MPVariable out = null;
    if (droppable) {
      out = solver.makeBoolVar("");
      dropped.put(demand, out);
      traffic.setCoefficient(out, 1);
      count.setCoefficient(out, demand.replicasMin());
    }
    if (demand.roomsMin() > 1 && holds.test(new Rule.Rooms(demand))) {
      spread(demand, rooms, out);
    }
  }

  /** A room counts if it has a replica. */
  private void spread(Demand demand, Map<Room, List<MPVariable>> rooms, MPVariable out) {
    MPConstraint enough = row(demand.roomsMin(), INFINITY);
    if (out != null) {
      enough.setCoefficient(out, demand.roomsMin());
    }
    for (List<MPVariable> inRoom : rooms.values()) {
      MPVariable used = solver.makeBoolVar("");
      enough.setCoefficient(used, 1);
      MPConstraint really = row(0, INFINITY);
      really.setCoefficient(used, -1);
      inRoom.forEach(number -> really.setCoefficient(number, 1));
    }
  }

  private void addPools(Fleet fleet, Predicate<Rule> holds, Predicate<Pool> buyable) {
    Map<Pool, MPConstraint> rows = new HashMap<>();
    for (Pool pool : fleet.pools()) {
      MPConstraint row = row(-INFINITY, holds.test(new Rule.Chips(pool)) ? pool.chips() : INFINITY);
      rows.put(pool, row);
      if (buyable.test(pool)) {
        MPVariable servers = solver.makeIntVar(0, WHOLE_MAX, "");
        bought.put(pool, servers);
        row.setCoefficient(servers, -pool.chipsPerServer());
      }
    }
    replicas.forEach(
        (choice, number) -> rows.get(choice.pool()).setCoefficient(number, choice.chips()));
  }

  private void addRooms(Fleet fleet, Predicate<Rule> holds) {
    for (Room room : fleet.rooms()) {
      if (room.watts().isPresent() && holds.test(new Rule.Power(room))) {
        MPConstraint row = row(-INFINITY, room.watts().getAsDouble());
        replicas.forEach(
            (choice, number) -> {
              if (choice.pool().room().equals(room)) {
                row.setCoefficient(number, choice.watts());
              }
            });
      }
    }
  }

  private MPConstraint row(double lower, double upper) {
    return solver.makeConstraint(lower, upper, "");
  }

  /**
   * Finds replicas of least weight.
   *
   * @return null if no numbers meet all rows
   * @throws IllegalArgumentException if that could not be decided in time
   */
  Solution solve(
      ToDoubleFunction<Choice> weight,
      ToDoubleFunction<Demand> weightDropped,
      ToDoubleFunction<Pool> weightBought,
      double gap,
      long millisMax) {
    MPObjective objective = solver.objective();
    replicas.forEach((c, number) -> objective.setCoefficient(number, weight.applyAsDouble(c)));
    dropped.forEach((d, out) -> objective.setCoefficient(out, weightDropped.applyAsDouble(d)));
    bought.forEach((p, n) -> objective.setCoefficient(n, weightBought.applyAsDouble(p)));
    objective.setMinimization();
    solver.setTimeLimit(millisMax);
    MPSolverParameters parameters = new MPSolverParameters();
    try {
      parameters.setDoubleParam(DoubleParam.RELATIVE_MIP_GAP, gap);
      ResultStatus status = solver.solve(parameters);
      return switch (status) {
        case OPTIMAL, FEASIBLE -> solution(objective);
        case INFEASIBLE -> null;
        default ->
            throw new IllegalArgumentException(
                "solver: found no plan and no proof that there is none within %d ms, allowed: more time"
                    .formatted(millisMax));
      };
    } finally {
      parameters.delete();
    }
  }

  private Solution solution(MPObjective objective) {
    Map<Choice, Long> numbers = new LinkedHashMap<>();
    replicas.forEach(
        (choice, number) -> {
          long whole = Math.round(number.solutionValue());
          if (whole > 0) {
            numbers.put(choice, whole);
          }
        });
    Set<Demand> out = new java.util.LinkedHashSet<>();
    dropped.forEach(
        (demand, is) -> {
          if (is.solutionValue() > 0.5) {
            out.add(demand);
          }
        });
    Map<Pool, Long> servers = new LinkedHashMap<>();
    bought.forEach(
        (pool, number) -> {
          long whole = Math.round(number.solutionValue());
          if (whole > 0) {
            servers.put(pool, whole);
          }
        });
    return new Solution(numbers, out, servers, objective.value(), objective.bestBound());
  }

  @Override
  public void close() {
    solver.delete();
  }
}
