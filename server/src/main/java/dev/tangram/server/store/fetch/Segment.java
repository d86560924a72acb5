package dev.tangram.server.store.fetch;

import dev.tangram.server.store.fetch.FetchException.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One connection's share of a file. A connection that breaks is opened again where it stopped, as
 * long as bytes keep coming. Owned by one thread.
 */
final class Segment {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private final HttpFetcher fetcher;
  private final PartialFile partial;
  private final RemoteFile remote;
  private final Progress progress;
  private final boolean alone;
  private final byte[] buffer = new byte[1 << 16];
  private PartialFile.Writer writer;
  private long position;
  private long end;
  private long journalled;

  /**
   * @param alone no other segment runs: an answer without Range is taken, and what is already here
   *     is read past
   */
  Segment(
      HttpFetcher fetcher,
      PartialFile partial,
      RemoteFile remote,
      Progress progress,
      boolean alone) {
    this.fetcher = fetcher;
    this.partial = partial;
    this.remote = remote;
    this.progress = progress;
    this.alone = alone;
  }

  /** Where the segment ended; the file's size if that was unknown before. */
  long end() {
    return end;
  }

  /**
   * Reads until {@code end} ({@code Long.MAX_VALUE}: until the file ends).
   *
   * @return false, with nothing written, if the server ignores Range and other segments run
   */
  boolean run(long start, long end) throws FetchException, DiskException, InterruptedException {
    try (PartialFile.Writer opened = partial.writer()) {
      this.writer = opened;
      return passes(start, end);
    }
  }

  private boolean passes(long start, long end)
      throws FetchException, DiskException, InterruptedException {
    this.position = start;
    this.end = end;
    this.journalled = start;
    int stalls = 0;
    boolean connected = false;
    for (int retry = 0; position < this.end; retry++) {
      long before = position;
      try {
        if (!pass()) {
          return false;
        }
        continue;
      } catch (FetchException e) {
        connected |= e.kind() != Kind.UNREACHABLE;
        boolean temporary = e.kind() == Kind.BROKEN || e.kind() == Kind.UNREACHABLE && connected;
        stalls = position > before ? 0 : stalls + 1;
        int limit = fetcher.limits().stallsMax();
        if (!temporary || stalls >= limit || retry >= fetcher.limits().retriesMax()) {
          throw e;
        }
        progress.resuming(e.getMessage());
      } finally {
        flush();
      }
      Thread.sleep(fetcher.limits().pause(stalls));
    }
    return true;
  }

  private boolean pass() throws FetchException, DiskException, InterruptedException {
    try (Answer answer = fetcher.open(remote.uri(), headers(), remote.credentials())) {
      String coding = answer.header("content-encoding");
      if (!coding.isEmpty() && !coding.equals("identity")) {
        throw refused("it sends the file coded as " + coding);
      }
      switch (answer.status()) {
        case 206 -> acceptPart(answer);
        case 200 -> {
          if (!alone) {
            return false;
          }
          acceptWhole(answer);
        }
        default -> throw Statuses.failure(answer);
      }
      copy(answer);
      return true;
    }
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    String last = end == Long.MAX_VALUE ? "" : String.valueOf(end - 1);
    headers.put("Range", "bytes=" + position + "-" + last);
    if (!remote.validator().isEmpty()) {
      headers.put("If-Range", remote.validator());
    }
    return headers;
  }

  private void acceptPart(Answer answer) throws FetchException, DiskException {
    Matcher range = CONTENT_RANGE.matcher(answer.header("content-range"));
    if (!range.matches() || Long.parseLong(range.group(1)) != position) {
      throw refused("it answers another range than asked (" + answer.header("content-range") + ")");
    }
    if (!range.group(3).equals("*")) {
      learnSize(Long.parseLong(range.group(3)));
    }
  }

  /** The whole file comes although a part was asked: read past what is already here. */
  private void acceptWhole(Answer answer)
      throws FetchException, DiskException, InterruptedException {
    long told = answer.number("content-length");
    if (told >= 0) {
      learnSize(told);
    } else if (remote.bytes() < 0 && !answer.header("transfer-encoding").contains("chunked")) {
      throw refused("it does not tell where the file ends");
    }
    long skip = position;
    while (skip > 0) {
      int n = answer.read(buffer, 0, (int) Math.min(buffer.length, skip));
      if (n < 0) {
        throw refused("the file became shorter");
      }
      skip -= n;
    }
  }

  private void learnSize(long told) throws FetchException, DiskException {
    if (remote.bytes() >= 0 && told != remote.bytes()) {
      throw refused("the file has " + told + " bytes instead of " + remote.bytes());
    }
    if (end == Long.MAX_VALUE) {
      if (told < position) {
        throw refused("the file became shorter");
      }
      end = told;
      progress.sized(told);
    }
  }

  private void copy(Answer answer) throws FetchException, DiskException, InterruptedException {
    long step = fetcher.limits().stepBytes();
    while (position < end) {
      int n = answer.read(buffer, 0, (int) Math.min(buffer.length, end - position));
      if (Thread.interrupted()) {
        throw new InterruptedException("the download was stopped");
      }
      if (n < 0) {
        if (end == Long.MAX_VALUE) {
          end = position;
          return;
        }
        throw new FetchException(
            Kind.BROKEN, "the connection ended " + (end - position) + " bytes early");
      }
      writer.write(buffer, n, position);
      position += n;
      progress.arrived(n);
      if (position - journalled >= step) {
        flush();
      }
    }
  }

  private void flush() throws DiskException {
    partial.done(journalled, position);
    journalled = position;
  }

  private static FetchException refused(String line) {
    return new FetchException(Kind.REFUSED, line);
  }
}
