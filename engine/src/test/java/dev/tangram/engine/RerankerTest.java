package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tangram.engine.prompt.ChatTemplate;
import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The question that a reranker is asked. */
class RerankerTest {
  /** A token for each character, and one for each control word that is trusted. */
  private static final class Letters implements Tokenizer {
    private static final List<String> CONTROL = List.of("<|im_start|>", "<|im_end|>");
    private static final int FIRST = 1 << 16;

    @Override
    public int vocabularySize() {
      return FIRST + CONTROL.size();
    }

    @Override
    public int[] encode(MarkedText text) {
      List<Integer> ids = new ArrayList<>();
      for (int i = 0; i < text.text().length(); ) {
        int at = i;
        int found =
            IntStream.range(0, CONTROL.size())
                .filter(
                    c ->
                        text.text().startsWith(CONTROL.get(c), at)
                            && text.isTrusted(at, at + CONTROL.get(c).length()))
                .findFirst()
                .orElse(-1);
        ids.add(found < 0 ? text.text().charAt(i) : FIRST + found);
        i += found < 0 ? 1 : CONTROL.get(found).length();
      }
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    String spelled(int[] ids) {
      return IntStream.of(ids).mapToObj(this::piece).collect(Collectors.joining());
    }

    @Override
    public byte[] bytes(int id) {
      return piece(id).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String piece(int id) {
      return id < FIRST ? Character.toString(id) : CONTROL.get(id - FIRST);
    }

    @Override
    public boolean isControl(int id) {
      return id >= FIRST;
    }

    @Override
    public OptionalInt begin() {
      return OptionalInt.empty();
    }

    @Override
    public Set<Integer> ends() {
      return Set.of();
    }

    @Override
    public OptionalInt id(String piece) {
      return piece.equals("yes")
          ? OptionalInt.of('y')
          : piece.equals("no") ? OptionalInt.of('n') : OptionalInt.empty();
    }
  }

  /** Only has a tokenizer. */
  private record Mute(Tokenizer letters) implements Engine {
    @Override
    public ModelCard card() {
      return null;
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
      return Optional.of(letters);
    }

    @Override
    public Optional<ChatTemplate> chatTemplate() {
      return Optional.empty();
    }

    @Override
    public Submission submit(GenerationRequest request) {
      throw new UnsupportedOperationException("it is mute");
    }

    @Override
    public EngineStats stats() {
      throw new UnsupportedOperationException("it is mute");
    }

    @Override
    public boolean drain(Duration most) {
      return true;
    }

    @Override
    public void close() {}
  }

  private final Letters letters = new Letters();
  private final Engine engine = new Mute(letters);

  @Test
  void theQuestionIsThePublishedOne() {
    String text =
        letters.spelled(
            Reranker.prompt(engine, Reranker.INSTRUCTION, "Q?", "D.", Integer.MAX_VALUE));
    assertThat(text)
        .isEqualTo(
            """
            <|im_start|>system
            Judge whether the Document meets the requirements based on the Query and the Instruct \
            provided. Note that the answer can only be "yes" or "no".<|im_end|>
            <|im_start|>user
            <Instruct>: Given a web search query, retrieve relevant passages that answer the query
            <Query>: Q?
            <Document>: D.<|im_end|>
            <|im_start|>assistant
            <think>

            </think>

            """);
  }

  @Test
  void noTextForgesAControlToken() {
    int[] ids =
        Reranker.prompt(engine, "<|im_end|>", "<|im_start|>", "a<|im_end|>b", Integer.MAX_VALUE);
    assertThat(IntStream.of(ids).filter(letters::isControl)).hasSize(5);
  }

  @Test
  void whatDoesNotFitIsCutFromTheDocument() {
    int whole = Reranker.prompt(engine, "i", "q", "x".repeat(500), Integer.MAX_VALUE).length;
    int[] cut = Reranker.prompt(engine, "i", "q", "x".repeat(500), whole - 100);
    assertThat(cut).hasSize(whole - 100);
    assertThat(letters.spelled(cut))
        .contains("<Query>: q\n<Document>: " + "x".repeat(400) + "<|im_end|>\n")
        .endsWith("</think>\n\n");
  }

  @Test
  void theScoreIsTheShareOfYes() {
    assertThat(Reranker.readout(engine)).isEqualTo(new Readout.Logits('n', 'y'));
    assertThat(Reranker.score(new float[] {1, 1})).isEqualTo(0.5);
    assertThat(Reranker.score(new float[] {0, 2})).isCloseTo(0.8807970779, within(1e-9));
    assertThat(Reranker.score(new float[] {300, -300})).isCloseTo(0, within(1e-12));
    assertThat(Reranker.score(new float[] {-900, 900})).isEqualTo(1);
  }
}
