package dev.tangram.cli;

import dev.tangram.cli.text.Screen;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Standard input where it is no terminal, read while the model loads. */
final class PipedInput {
  /** No context holds more text than this. */
  private static final int BYTES_MAX = 64 << 20;

  /** Tokens are shorter than this on average, so more bytes cannot fit a context. */
  private static final int BYTES_PER_TOKEN_MAX = 16;

  private static final long GLANCE_MILLIS = 50;

  private final CompletableFuture<byte[]> bytes = new CompletableFuture<>();

  private PipedInput() {}

  /** Begins to read; a terminal counts as empty. */
  static PipedInput of(Screen screen) {
    PipedInput input = new PipedInput();
    if (screen.inTerminal()) {
      input.bytes.complete(new byte[0]);
    } else {
      Thread.ofPlatform().daemon().name("standard-input").start(() -> input.read(screen.in()));
    }
    return input;
  }

  private void read(InputStream in) {
    try {
      bytes.complete(in.readNBytes(BYTES_MAX + 1));
    } catch (IOException e) {
      bytes.completeExceptionally(new UncheckedIOException(e));
    }
  }

  /**
   * True if it is known soon that there is nothing: a chance to say so before the work of loading.
   */
  boolean isSurelyEmpty() throws InterruptedException {
    try {
      return bytes.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS).length == 0;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }

  /**
   * Waits for the end of the input.
   *
   * @throws Failure if it is no UTF-8, or cannot fit a context of so many tokens
   */
  String text(int contextLength) {
    byte[] read;
    try {
      read = bytes.join();
    } catch (CompletionException e) {
      throw Failure.failed(e, "standard input cannot be read: %s", e.getCause().getMessage());
    }
    long most = Math.min(BYTES_MAX, (long) contextLength * BYTES_PER_TOKEN_MAX);
    if (read.length > most) {
      throw Failure.failed(
          "standard input has more than %d bytes, which cannot fit this model's context of %d tokens",
          most, contextLength);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read)).toString();
    } catch (CharacterCodingException e) {
      throw Failure.failed(e, "standard input is no UTF-8 text");
    }
  }
}
