package dev.tangram.fleet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Smallest conflicts of random sets of rules, against what they are by definition. */
class ConflictPropertyTest {
  private static final int WORLDS = 300;
  private static final long SEED = 7;

  @Test
  void theRulesContradictAndWithoutAnyOneTheyDoNot() {
    for (int world = 0; world < WORLDS; world++) {
      Random random = new Random(SEED + world);
      List<Rule> rules = rules(1 + random.nextInt(14));
      List<Set<Rule>> contradictions = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(3); i++) {
        Set<Rule> some = new HashSet<>(rules);
        some.removeIf(_ -> random.nextBoolean());
        contradictions.add(some.isEmpty() ? Set.of(rules.getFirst()) : some);
      }
      Predicate<Set<Rule>> possible =
          active -> contradictions.stream().noneMatch(active::containsAll);

      List<Rule> conflict = Conflict.smallest(rules, possible);

      assertThat(possible.test(new HashSet<>(conflict))).as("seed %d", SEED + world).isFalse();
      for (Rule rule : conflict) {
        Set<Rule> others = new HashSet<>(conflict);
        others.remove(rule);
        assertThat(possible.test(others)).as("seed %d", SEED + world).isTrue();
      }
    }
  }

  private static List<Rule> rules(int count) {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rules.add(new Rule.Power(new Room("r" + i, OptionalDouble.of(1))));
    }
    return rules;
  }
}
