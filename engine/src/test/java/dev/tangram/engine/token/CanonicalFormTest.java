package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CanonicalFormTest {
  @Test
  void equalsTheStandardWhereRunsOfMarksAreShort() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 0; n < 10_000; n++) {
      String text = Texts.any(random, 20);
      assertThat(CanonicalForm.of(text))
          .as("seed=%d, text %s", seed, Texts.show(text))
          .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
    }
  }

  @Test
  void aRunOfTooManyMarksStaysAndWhatIsAroundItIsComposed() {
    String run = "\u0301\u0316".repeat(CanonicalForm.MARKS_MAX / 2);
    assertThat(CanonicalForm.of("a" + run))
        .isEqualTo(Normalizer.normalize("a" + run, Normalizer.Form.NFC));
    String longer = run + "\u0301";
    assertThat(CanonicalForm.of("e\u0301x" + longer + "e\u0301" + longer + "xe\u0301"))
        .isEqualTo("\u00E9x" + longer + "e\u0301" + longer + "x\u00E9");
  }

  @Test
  void nothingBelowTheFirstMarkChanges() {
    for (char c = 0; c < 0x300; c++) {
      String text = Character.toString(c);
      assertThat(Normalizer.normalize(text, Normalizer.Form.NFC)).isEqualTo(text);
    }
  }
}
