package dev.tangram.fleet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between the fleet's packages, and what none of them may reach for. */
class ArchitectureTest {
  private static final String ROOT = "dev.tangram.fleet.";

  private static final ArchRule NO_CLOCK =
      noClasses()
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(Math.class, "random")
          .because("a plan and a simulation give the same result whenever they run");

  private static JavaClasses fleet;

  @BeforeAll
  static void importFleet() {
    fleet =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.tangram.fleet");
    assertThat(fleet.contain("dev.tangram.fleet.cost.Roofline")).isTrue();
  }

  @Test
  void standsOnScheduleAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "dev.tangram.fleet..",
            "dev.tangram.schedule..",
            "com.fasterxml.jackson..",
            "com.google.ortools..")
        .check(fleet);
  }

  @Test
  void oneClassKnowsTheSolver() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.plan\\.Program(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google.ortools..")
        .check(fleet);
  }

  @Test
  void onlyFilesKnowTheirFormats() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "file..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson..")
        .check(fleet);
  }

  @Test
  void costsStandOnChipsAndModels() {
    forbid("file..", "chip..", "model..", "cost..", "plan..");
    forbid("chip..", "model..", "cost..", "plan..");
    forbid("model..", "chip..", "cost..", "plan..");
    forbid("cost..", "plan..", "sim..", "workload..", "report..");
  }

  @Test
  void workloadsKnowNoFleetAndReportsNoSimulation() {
    forbid("workload..", "chip..", "model..", "cost..", "sim..", "report..", "plan..");
    forbid("report..", "file..", "chip..", "model..", "cost..", "sim..", "workload..", "plan..");
  }

  @Test
  void nothingReadsAClock() {
    NO_CLOCK.check(fleet);
    assertThat(
            NO_CLOCK.evaluate(new ClassFileImporter().importClasses(Offender.class)).hasViolation())
        .isTrue();
  }

  /** Does what no class may. */
  static final class Offender {
    long now() {
      return System.nanoTime();
    }
  }

  private static void forbid(String from, String... to) {
    String[] targets = new String[to.length];
    for (int i = 0; i < to.length; i++) {
      targets[i] = ROOT + to[i];
    }
    noClasses()
        .that()
        .resideInAPackage(ROOT + from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(targets)
        .check(fleet);
  }
}
