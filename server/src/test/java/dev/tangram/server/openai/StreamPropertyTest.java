package dev.tangram.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.schedule.FinishReason;
import dev.tangram.server.fake.Script;
import dev.tangram.server.fake.TestServer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** CD-6: whatever a model says, the client puts together exactly that. */
class StreamPropertyTest {
  private static final List<String> PIECES =
      List.of(
          "a",
          " ",
          "\n",
          "\n\n",
          "\r",
          "\r\n",
          "data:",
          "data: [DONE]\n\n",
          "event: x\n",
          "id: 1\n",
          ":",
          "\u2028",
          "\u2029",
          "\u0085",
          "\u0000",
          "\u001e",
          "\"",
          "\\",
          "\u00e9",
          "\u20ac",
          "\ud83d\ude00",
          "\ud83d\udc69\u200d\ud83d\udcbb",
          "</s>",
          "{\"error\":1}",
          "\ufeff",
          "\u000b",
          "\u000c");

  @Test
  void clientReassemblesExactly() {
    long seed = Long.getLong("tangram.seed", System.nanoTime());
    System.out.println("seed=" + seed + " replay: -Dtangram.seed=" + seed);
    var random = new Random(seed);
    try (var server = TestServer.start()) {
      for (int round = 0; round < 150; round++) {
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i >= 0; i--) {
          text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        boolean fails = random.nextInt(5) == 0;
        server
            .engine()
            .play(
                Script.saying(text.toString())
                    .ending(fails ? FinishReason.ERROR : FinishReason.STOP));
        var answer =
            server.post(
                "/v1/completions",
                "{\"model\":\"fake\",\"prompt\":\"Hi\",\"max_tokens\":3000,\"stream\":true}");
        check(answer.body(), text.toString(), fails, "round %d of seed %d".formatted(round, seed));
      }
    }
  }

  private static void check(String body, String text, boolean fails, String name) {
    // Clients split lines at more than the standard names: nothing raw may be left of any of them.
    assertThat(body)
        .as(name)
        .doesNotContain("\r", "\u2028", "\u2029", "\u0085", "\u000b", "\u000c", "\u001e");
    List<String> events = TestServer.events(body);
    var got = new StringBuilder();
    int done = 0;
    int errors = 0;
    for (String event : events) {
      if (event.equals("[DONE]")) {
        done++;
        continue;
      }
      var json = TestServer.json(event);
      errors += json.has("error") ? 1 : 0;
      got.append(json.at("/choices/0/text").asText());
    }
    assertThat(errors).as(name).isEqualTo(fails ? 1 : 0);
    assertThat(done).as(name).isEqualTo(fails ? 0 : 1);
    if (fails) {
      assertThat(text).as(name).startsWith(got.toString());
    } else {
      assertThat(got.toString()).as(name).isEqualTo(text);
      assertThat(events.getLast()).as(name).isEqualTo("[DONE]");
    }
  }
}
