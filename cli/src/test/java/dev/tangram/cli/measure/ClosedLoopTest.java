package dev.tangram.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClosedLoopTest {
  @Test
  void timesAreThoseOfTheServer() throws Exception {
    try (var server = new FakeServer(80, 10)) {
      List<Timing> timings =
          new ClosedLoop(new Endpoint(server.base(), "", "fake"), 1).run(3, 20, 6, 2);

      assertThat(timings).hasSize(6);
      assertThat(server.runningMost()).isEqualTo(3);
      // Not counted: what began before the slowest first answer, and what the end overtook.
      assertThat(server.answered()).isBetween(9, 15);
      assertThat(timings)
          .allSatisfy(
              t -> {
                assertThat(t.promptTokens()).isEqualTo(20);
                assertThat(t.outputTokens()).isEqualTo(6);
                // Sleeps are never shorter; a busy machine makes them longer.
                assertThat(t.ttftMillis()).isGreaterThan(79);
                assertThat(t.tpotMillis()).isGreaterThan(8).isLessThan(t.ttftMillis());
              });
    }
  }

  @Test
  void whatTheServerSaysIsPassedOn() throws Exception {
    try (var server = new FakeServer(1, 1)) {
      var loop = new ClosedLoop(new Endpoint(server.base(), "", "other"), 1);

      assertThatThrownBy(() -> loop.run(2, 5, 3, 1)).hasMessageEndingWith("says: no such model");
    }
    var nobody = new ClosedLoop(new Endpoint(URI.create("http://127.0.0.1:1/v1"), "", "x"), 1);

    assertThatThrownBy(() -> nobody.run(1, 5, 3, 1))
        .hasMessage("no server answers at http://127.0.0.1:1/v1");
  }
}
