package dev.tangram.lab.trial;

import dev.tangram.engine.Engine;
import dev.tangram.engine.EngineOptions;
import dev.tangram.server.ServerOptions;
import dev.tangram.server.TangramServer;
import dev.tangram.server.host.FileSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * CD-2: thousands of clients that leave at random moments, with FIN or RST, streaming or not.
 * Afterwards nothing may be held: no block, no thread, no file descriptor, no heap.
 *
 * <p>{@code Departures FILE.gguf [COUNT] [SEED]}; the server is in this process, on loopback.
 */
public final class Departures {
  private static final int WARM_UP = 500;

  private Departures() {}

  private record Held(int blocks, int threads, long files, long heapBytes) {}

  public static void main(String[] args) throws Exception {
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : System.nanoTime();
    AtomicReference<Engine> engine = new AtomicReference<>();
    try (TangramServer server =
        TangramServer.start(
            ServerOptions.DEFAULT.withPort(0).withEngine(EngineOptions.DEFAULT.withThreads(1)),
            FileSource.of(List.of(Path.of(args[0]))),
            (path, options) -> {
              engine.set(Engine.open(path, options));
              return engine.get();
            },
            _ -> {})) {
      String model = Path.of(args[0]).getFileName().toString().replaceFirst("\\.gguf$", "");
      Random random = new Random(seed);
      leave(server.port(), model, WARM_UP, random);
      Held before = settle(engine.get());
      leave(server.port(), model, count, random);
      Held after = settle(engine.get());
      System.out.printf(
          "seed=%d, %d departures%nbefore %s%nafter  %s%n", seed, count, before, after);
      boolean leaks =
          after.blocks > 0
              || after.threads > before.threads + 2
              || after.files > before.files + 2
              || after.heapBytes > before.heapBytes * 1.01 + (1 << 20);
      if (leaks) {
        throw new IllegalStateException("something is still held");
      }
    }
  }

  private static void leave(int port, String model, int count, Random random) throws Exception {
    for (int i = 0; i < count; i++) {
      String body =
          "{\"model\":\"%s\",\"prompt\":[%d,2,3,4,5,6,7,8,9],\"max_tokens\":%d,\"stream\":%b}"
              .formatted(model, random.nextInt(90), 1 + random.nextInt(200), random.nextBoolean());
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
        if (random.nextBoolean()) {
          socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        String head =
            "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(body.length());
        byte[] request = (head + body).getBytes(StandardCharsets.US_ASCII);
        // Sometimes in the middle of the request, mostly at some moment of the answer.
        socket
            .getOutputStream()
            .write(
                request,
                0,
                random.nextInt(8) == 0 ? random.nextInt(request.length) : request.length);
        Thread.sleep(random.nextInt(12));
      } catch (IOException e) {
        // The server may have closed first; that is a departure too.
      }
    }
  }

  /** What is held once all has ended. */
  private static Held settle(Engine engine) throws Exception {
    for (int i = 0; i < 100 && engine.stats().running() + engine.stats().waiting() > 0; i++) {
      Thread.sleep(100);
    }
    Thread.sleep(12_000);
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200);
    }
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return new Held(
          engine.stats().blocksHeld(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          files.count(),
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
  }
}
