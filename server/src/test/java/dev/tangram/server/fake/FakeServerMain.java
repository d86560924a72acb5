package dev.tangram.server.fake;

import dev.tangram.server.ServerOptions;
import dev.tangram.server.TangramServer;
import dev.tangram.server.observe.LogSetup;
import dev.tangram.server.observe.UsageLog;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;

/** A process of its own with a fake engine that says digits slowly; prints its port. */
public final class FakeServerMain {
  private FakeServerMain() {}

  public static void main(String[] args) throws Exception {
    LogSetup.install(System.err, Level.INFO);
    var engine = new FakeEngine().play(Script.saying("0123456789").every(100));
    var server =
        TangramServer.start(
            ServerOptions.DEFAULT.withPort(0).withGrace(Duration.ofSeconds(10)),
            () -> List.of(TestServer.entry("fake:latest")),
            (file, options) -> engine,
            new UsageLog());
    server.stopAtShutdown();
    System.out.println(server.port());
    server.join();
  }
}
