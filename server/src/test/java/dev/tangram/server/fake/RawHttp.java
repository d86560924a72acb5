package dev.tangram.server.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A client that writes what it likes. */
public final class RawHttp implements AutoCloseable {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

  private final Socket socket;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private boolean closed;

  public RawHttp(int port) throws IOException {
    this(port, 0);
  }

  /**
   * @param receiveBytes size of the receive buffer, 0 for the usual one
   */
  public RawHttp(int port, int receiveBytes) throws IOException {
    socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** A POST with the usual headers and a body of this length. */
  public static String post(String path, String body) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  public RawHttp send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Reads until the server closes or nothing comes for so long. */
  public RawHttp read(int silenceMillis) throws IOException {
    socket.setSoTimeout(silenceMillis);
    try {
      byte[] piece = new byte[8192];
      for (int n; (n = socket.getInputStream().read(piece)) >= 0; ) {
        received.write(piece, 0, n);
      }
      closed = true;
    } catch (SocketTimeoutException e) {
      // Still open.
    } catch (IOException e) {
      closed = true;
    }
    return this;
  }

  /** Reads until this text came. */
  public RawHttp readUntil(String text, int mostMillis) throws IOException {
    long due = System.nanoTime() + mostMillis * 1_000_000L;
    while (!text().contains(text)) {
      if (closed || System.nanoTime() - due > 0) {
        throw new AssertionError("did not come: " + text + ", but: " + text());
      }
      socket.setSoTimeout(Math.max(1, (int) ((due - System.nanoTime()) / 1_000_000)));
      int b = socket.getInputStream().read();
      if (b < 0) {
        closed = true;
      } else {
        received.write(b);
      }
    }
    return this;
  }

  /** Reads one byte. */
  public void readOne() throws IOException {
    int b = socket.getInputStream().read();
    closed = b < 0;
  }

  public String text() {
    return received.toString(StandardCharsets.UTF_8);
  }

  /** True if the server closed the connection. */
  public boolean isClosed() {
    return closed;
  }

  /** How many responses came. */
  public int responses() {
    return (int) STATUS.matcher(text()).results().count();
  }

  /** Status of the first response, 0 if there was none. */
  public int status() {
    var matcher = STATUS.matcher(text());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** Ends the sending side; what the server answers can still be read. */
  public void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  /** Leaves with a reset instead of an orderly end. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
