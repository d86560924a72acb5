package dev.tangram.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between the engine's packages, and what no class of it may do. */
class ArchitectureTest {
  private static final String ROOT = "dev.tangram.engine.";

  private static final ArchRule NO_DESERIALIZATION =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.Object(Input|Output)(Stream|Filter).*")
          .because("a model file must not be able to name the code that reads it");

  private static final ArchRule NO_ASSERT =
      noFields()
          .should()
          .haveName("$assertionsDisabled")
          .because("Java's assert is off in production; use Invariant.check");

  private static JavaClasses engine;

  @BeforeAll
  static void importEngine() {
    engine =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.tangram.engine", "dev.tangram.schedule");
    assertThat(engine.contain("dev.tangram.engine.file.gguf.GgufFile")).isTrue();
  }

  @Test
  void nothingIsEverDeserialized() {
    check(NO_DESERIALIZATION);
  }

  @Test
  void noValidationCanBeSwitchedOff() {
    check(NO_ASSERT);
  }

  @Test
  void theRulesFindAnOffender() {
    JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);
    assertThat(NO_DESERIALIZATION.evaluate(offender).hasViolation()).isTrue();
    assertThat(NO_ASSERT.evaluate(offender).hasViolation()).isTrue();
  }

  /** Does what no class may. */
  static final class Offender {
    Object read(java.io.ObjectInputStream in) throws java.io.IOException, ClassNotFoundException {
      assert in != null;
      return in.readObject();
    }
  }

  @Test
  void filesKnowNothingOfWhatIsInThem() {
    forbid("file..", "token..", "prompt..", "model..", "cache..", "sample..");
  }

  @Test
  void onlyTheDoorKnowsWhichFormatAFileHas() {
    forbid("token..", "file.gguf..");
    forbid("prompt..", "file.gguf..");
    forbid("sample..", "file.gguf..");
    forbid("cache..", "file.gguf..");
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "file")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "file.gguf.."));
  }

  @Test
  void tokensAndPromptsDoNotComputeModels() {
    forbid("token..", "prompt..", "model..", "cache..", "sample..");
    forbid("prompt..", "model..", "cache..", "sample..");
    forbid("sample..", "token..", "prompt..", "model..", "file..");
    forbid("model..", "prompt..", "sample..");
  }

  private static void forbid(String from, String... to) {
    String[] targets = new String[to.length];
    for (int i = 0; i < to.length; i++) {
      targets[i] = ROOT + to[i];
    }
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + from)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(targets));
  }

  /** A rule about a package that has no classes yet holds. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(engine);
  }
}
