package dev.tangram.engine.token;

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
}
