package dev.tangram.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OpenAiJavaTest {
  private static Target target;
  private static OpenAIClient client;

  @BeforeAll
  static void open() throws Exception {
    target = Target.open();
    client = target.client();
  }

  @AfterAll
  static void close() {
    client.close();
    target.close();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model(target.model())
        .addDeveloperMessage("Be brief.")
        .addUserMessage("Say hello.")
        .temperature(0)
        .maxCompletionTokens(32);
  }

  @Test
  void wholeEqualsStreamed() {
    ChatCompletion whole = client.chat().completions().create(chat().build()).validate();
    String text = whole.choices().getFirst().message().content().orElseThrow();
    if (target.saysKnownText()) {
      assertThat(text).isEqualTo(Target.TEXT);
    }
    assertThat(whole.usage().orElseThrow().totalTokens())
        .isEqualTo(whole.usage().get().promptTokens() + whole.usage().get().completionTokens());

    var accumulator = ChatCompletionAccumulator.create();
    List<ChatCompletionChunk> chunks = new ArrayList<>();
    var params =
        chat()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      stream.stream()
          .forEach(
              chunk -> {
                chunks.add(chunk.validate());
                accumulator.accumulate(chunk);
              });
    }
    ChatCompletion streamed = accumulator.chatCompletion();
    assertThat(streamed.choices().getFirst().message().content()).contains(text);
    assertThat(streamed.choices().getFirst().finishReason())
        .isEqualTo(whole.choices().getFirst().finishReason());
    assertThat(chunks.getLast().usage().orElseThrow().completionTokens())
        .isEqualTo(whole.usage().get().completionTokens());
  }

  @Test
  void logprobs() {
    ChatCompletion whole =
        client.chat().completions().create(chat().logprobs(true).topLogprobs(2).build()).validate();
    var content = whole.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertThat(content).isNotEmpty();
    assertThat(content.getFirst().topLogprobs()).hasSize(2);
  }

  @Test
  void completions() {
    var completion =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(target.model())
                    .prompt("Once upon a time")
                    .maxTokens(8)
                    .build())
            .validate();
    assertThat(completion.choices().getFirst().text()).isNotEmpty();
  }

  @Test
  void models() {
    var list = client.models().list();
    assertThat(list.data()).extracting(m -> m.validate().id()).contains(target.model());
    assertThat(client.models().retrieve(target.model()).validate().id()).isEqualTo(target.model());
  }

  @Test
  void errorsAreUnderstood() {
    assertThatThrownBy(() -> client.chat().completions().create(chat().model("org/none:x").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
    assertThatThrownBy(() -> client.chat().completions().create(chat().temperature(9).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> {
              assertThat(e.param()).contains("temperature");
              assertThat(e.type()).contains("invalid_request_error");
            });
    assertThatThrownBy(() -> client.models().retrieve("org/none:x"))
        .isInstanceOf(NotFoundException.class);
  }
}
