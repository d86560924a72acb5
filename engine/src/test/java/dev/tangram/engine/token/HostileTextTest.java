package dev.tangram.engine.token;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RQ-3 on the small vocabularies: no text makes encoding slow, deep or lossy. */
class HostileTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "smollm", "sentence-piece"})
  void aMegabyteIsEncodedInLinearTime(String name) {
    Tokenizer tokenizer = Small.named(name);
    for (Map.Entry<String, String> unit : Hostile.units().entrySet()) {
      Hostile.check(unit.getKey(), unit.getValue(), tokenizer, name.startsWith("qwen"));
    }
  }

  /**
   * Trust is asked for once per candidate; a long trusted text must not make that question long.
   */
  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "sentence-piece"})
  void aMegabyteOfTrustedControlTokensToo(String name) {
    Tokenizer tokenizer = Small.named(name);
    for (String unit : List.of("<|im_start|>", "<|im_star", "<|im<|im_end|>")) {
      MarkedText whole = MarkedText.trusted(Hostile.text(unit, Hostile.BYTES));
      MarkedText half = MarkedText.trusted(Hostile.text(unit, Hostile.BYTES / 2));
      Hostile.time(unit, tokenizer, whole, half);
    }
  }
}
