package dev.tangram.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.token.MapMetadata;
import dev.tangram.kernel.Format;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The types of made-up models' tensors, against those that llama.cpp chooses; see SOURCE.txt. */
class TensorMixGoldenTest {
  /** Names, shapes and pairs; nobody asks for the data. */
  private record Shapes(Metadata metadata, Map<String, Tensor> tensors) implements ModelFile {
    @Override
    public Path path() {
      return Path.of("shapes");
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public MemorySegment data(Tensor tensor) {
      throw new UnsupportedOperationException("no data");
    }

    @Override
    public void close() {}
  }

  static Stream<Arguments> cases() throws IOException {
    List<Arguments> cases = new ArrayList<>();
    try (InputStream in = TensorMixGoldenTest.class.getResourceAsStream("/quantize/mixes.json")) {
      for (JsonNode model : new ObjectMapper().readTree(in)) {
        for (int m = 0; m < model.get("mixes").size(); m++) {
          String mix = model.get("mixes").get(m).asText();
          cases.add(Arguments.of(model.get("title").asText(), mix, model, m));
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void typesAreThoseOfLlamaCpp(String title, String mix, JsonNode model, int index) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    model
        .get("pairs")
        .properties()
        .forEach(
            pair -> {
              JsonNode value = pair.getValue();
              pairs.put(pair.getKey(), value.isIntegralNumber() ? value.asLong() : value.asText());
            });
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> expected = new LinkedHashMap<>();
    for (JsonNode row : model.get("tensors")) {
      String name = row.get(0).asText();
      List<Long> shape = new ArrayList<>();
      row.get(1).forEach(size -> shape.add(size.asLong()));
      boolean small = shape.size() == 1 || name.contains("conv1d") || name.contains("gate_inp");
      tensors.put(name, new Tensor(name, small ? Format.F32 : Format.F16, shape, 0, 0));
      expected.put(name, row.get(2).get(index).asText());
    }
    Map<String, String> found = new LinkedHashMap<>();
    TensorMix.of(new Shapes(new MapMetadata(pairs), tensors), Mix.of(mix))
        .forEach((name, format) -> found.put(name, format.name()));
    assertThat(found).containsExactlyEntriesOf(expected);
  }
}
