package dev.tangram.cli;

import dev.tangram.server.ServerOptions;
import dev.tangram.server.TangramServer;
import dev.tangram.server.host.FileSource;
import dev.tangram.server.host.ModelSource;
import dev.tangram.server.host.StoreSource;
import dev.tangram.server.http.ApiKey;
import dev.tangram.server.observe.LogSetup;
import dev.tangram.server.store.ModelReference;
import dev.tangram.server.store.ModelStore;
import dev.tangram.server.store.StoredModel;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tangram serve}. */
@Command(
    name = "serve",
    description = "Serve models over HTTP, in OpenAI's wire format.",
    footer = {
      "",
      "A model of the store is opened on its first request; --model opens it at start and downloads it if it is missing.",
      "TANGRAM_API_KEY: what clients must send as a bearer token; needed where other machines can connect."
    })
final class ServeCommand implements Callable<Integer> {
  private static final long LOOK_MILLIS = 50;

  private final Surroundings surroundings;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Open this model at start; may be given several times.")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = ServerOptions.DEFAULT.host();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on, 0 for any (default: ${DEFAULT-VALUE}).")
  private int port = ServerOptions.DEFAULT.port();

  @Option(names = "--verbose", description = "Log more.")
  private boolean verbose;

  @Mixin private EngineFlags engine;

  ServeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    ServerOptions options = options();
    LogSetup.install(surroundings.screen().err(), verbose ? Level.FINE : Level.INFO);
    ModelStore store = surroundings.store();
    List<Path> files = new ArrayList<>();
    List<String> names = prepare(store, files);
    // Files first: a name that was given on this command line means that file.
    ModelSource source = FileSource.of(files).or(new StoreSource(store));
    try (TangramServer server = start(options.withModels(names), source)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, options), "tangram-stop"));
      surroundings
          .screen()
          .err()
          .printf("Tangram %s serves %s/v1 (Ctrl-C stops it)%n", Version.text(), server.address());
      awaitModels(server);
      server.join();
    }
    return 0;
  }

  /** A server that was told to serve a model and cannot is no use: it ends, and says why. */
  private static void awaitModels(TangramServer server) throws InterruptedException {
    while (server.isLoading()) {
      Thread.sleep(LOOK_MILLIS);
    }
    if (!server.notOpened().isEmpty()) {
      throw Failure.failed("%s", String.join("; ", server.notOpened()));
    }
  }

  /** At SIGTERM and Ctrl-C. Logging may be closed by then: the last word goes out without it. */
  private void stop(TangramServer server, ServerOptions options) {
    try {
      boolean answered = server.stop(options.grace());
      surroundings
          .screen()
          .err()
          .println(
              answered
                  ? "stopped"
                  : "stopped; requests that took longer than %s were cut"
                      .formatted(options.grace()));
      surroundings.screen().err().flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes the models of the command line present, and returns the names they are served by. */
  private List<String> prepare(ModelStore store, List<Path> files) throws Exception {
    List<String> names = new ArrayList<>();
    for (String text : models) {
      ModelReference reference = ModelNames.parse(text);
      StoredModel model = Pulling.ensure(store, reference, surroundings.screen());
      if (reference instanceof ModelReference.LocalFile) {
        files.add(model.file());
        names.add(model.file().getFileName().toString().replaceFirst("\\.gguf$", ""));
      } else {
        names.add(model.name());
      }
    }
    return names;
  }

  private ServerOptions options() {
    try {
      return checkedOptions();
    } catch (IllegalArgumentException e) {
      throw Failure.usage(e);
    }
  }

  private ServerOptions checkedOptions() {
    ServerOptions options =
        ServerOptions.DEFAULT.withPort(port).withEngine(engine.options(surroundings.env()));
    String key = surroundings.env().getOrDefault("TANGRAM_API_KEY", "");
    if (key.isEmpty()) {
      return options.withHost(host);
    }
    return host.equals(ServerOptions.DEFAULT.host())
        ? options.withApiKey(ApiKey.of(key))
        : options.withPublicBind(host, ApiKey.of(key));
  }

  private TangramServer start(ServerOptions options, ModelSource source) throws IOException {
    try {
      return TangramServer.start(options, source);
    } catch (IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException) {
          throw Failure.failed(
              e,
              "port %d of %s is in use or not allowed; choose another one with --port",
              port,
              host);
        }
      }
      throw e;
    }
  }
}
