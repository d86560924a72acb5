package dev.tangram.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Embeddings through {@code openai-java}, which checks every field that it reads. */
class OpenAiJavaEmbeddingTest {
  private static Target target;
  private static OpenAIClient client;

  @BeforeAll
  static void open() throws Exception {
    target = Target.openEmbedding();
    client = target.client();
  }

  @AfterAll
  static void close() {
    client.close();
    target.close();
  }

  private static EmbeddingCreateParams.Builder params() {
    return EmbeddingCreateParams.builder().model(target.model());
  }

  @Test
  void manyTexts() {
    CreateEmbeddingResponse answer =
        client
            .embeddings()
            .create(params().inputOfArrayOfStrings(List.of("one", "two", "one")).build())
            .validate();
    assertThat(answer.data()).hasSize(3);
    List<Float> first = answer.data().getFirst().embedding();
    assertThat(answer.data().get(2).embedding()).isEqualTo(first);
    assertThat(answer.data().get(1).embedding()).isNotEqualTo(first);
    double squares = first.stream().mapToDouble(x -> (double) x * x).sum();
    assertThat(squares).isCloseTo(1, within(1e-5));
    assertThat(answer.usage().promptTokens()).isPositive();
  }

  @Test
  void formatsAndDimensions() {
    var plain =
        client
            .embeddings()
            .create(
                params()
                    .input("one")
                    .encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                    .build())
            .data()
            .getFirst()
            .embedding();
    var usual =
        client.embeddings().create(params().input("one").build()).data().getFirst().embedding();
    assertThat(usual).hasSameSizeAs(plain);
    var cut =
        client
            .embeddings()
            .create(params().input("one").dimensions(8).build())
            .data()
            .getFirst()
            .embedding();
    assertThat(cut).hasSize(8);
  }

  @Test
  void errorsAreUnderstood() {
    assertThatThrownBy(() -> client.embeddings().create(params().input("").build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).contains("input"));
  }
}
