package dev.tangram.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import static org.assertj.core.api.Assertions.assertThat;

/** The arrows between the engine's packages, and what no class of it may do. */
class ArchitectureTest {
  private static final String ROOT = "dev.tangram.engine.";
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
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.Object(Input|Output)(Stream|Filter).*")
            .because("a model file must not be able to name the code that reads it"));
  }

  @Test
  void noValidationCanBeSwitchedOff() {
    check(
        noFields()
            .should()
            .haveName("$assertionsDisabled")
            .because("Java's assert is off in production; use Invariant.check"));
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
    check(noClasses().that().resideInAPackage(ROOT + "file").should().dependOnClassesThat().resideInAPackage(ROOT + "file.gguf.."));
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
    check(noClasses().that().resideInAPackage(ROOT + from).should().dependOnClassesThat().resideInAnyPackage(targets));
  }

  /** A rule about a package that has no classes yet holds. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(engine);
  }
}
