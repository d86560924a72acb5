package dev.tangram.engine.file.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Little-endian numbers and bytes into a channel, buffered, with a count of what was written. One
 * thread.
 */
final class LittleEndianOutput implements Closeable {
  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN);
  private long position;

  LittleEndianOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  long position() {
    return position;
  }

  /** The low {@code bytes} bytes of {@code bits}: 1, 2, 4 or 8. */
  void number(long bits, int bytes) throws IOException {
    room(bytes);
    for (int i = 0; i < bytes; i++) {
      buffer.put((byte) (bits >>> (8 * i)));
    }
    position += bytes;
  }

  void u32(int value) throws IOException {
    number(value, Integer.BYTES);
  }

  void u64(long value) throws IOException {
    number(value, Long.BYTES);
  }

  /** u64 length and UTF-8. */
  void string(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    u64(bytes.length);
    bytes(ByteBuffer.wrap(bytes));
  }

  void bytes(ByteBuffer bytes) throws IOException {
    position += bytes.remaining();
    if (bytes.remaining() <= buffer.remaining()) {
      buffer.put(bytes);
      return;
    }
    flush();
    drain(bytes);
  }

  /** Zeros up to the next multiple of {@code alignment}. */
  void pad(int alignment) throws IOException {
    while (position % alignment != 0) {
      number(0, 1);
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
    }
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    drain(buffer.flip());
    buffer.clear();
  }

  private void drain(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
