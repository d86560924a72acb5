package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.Answer;
import dev.tangram.server.store.fetch.Connections;
import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.HttpFetcher;
import dev.tangram.server.store.fetch.Redacted;
import dev.tangram.server.store.fetch.RemoteFile;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** A file behind an address that says nothing about it: its digest is only recorded. */
public record WebAddress(URI uri) implements Source {

  @Override
  public String title() {
    return "address " + Redacted.of(uri);
  }

  /** Asks for the first byte, since not every server answers HEAD as it answers GET. */
  @Override
  public Located locate(HttpFetcher fetcher, Connections connections)
      throws FetchException, InterruptedException {
    try (Answer answer = fetcher.open(uri, Map.of("Range", "bytes=0-0"), Credentials.NONE)) {
      if (answer.status() != 200 && answer.status() != 206) {
        throw new FetchException(Kind.REFUSED, uri.getHost() + " answers " + answer.status());
      }
      long bytes = answer.status() == 200 ? answer.number("content-length") : total(answer);
      RemoteFile remote = new RemoteFile(uri, Credentials.NONE, bytes, "", validator(answer));
      return new Located(List.of(new Piece(remote, "")), bytes, "", "", "");
    }
  }

  private static long total(Answer answer) {
    String range = answer.header("content-range");
    String total = range.substring(range.lastIndexOf('/') + 1);
    return total.matches("\\d{1,18}") ? Long.parseLong(total) : -1;
  }

  /** A weak ETag cannot guard a range (RFC 9110, 13.1.5). */
  private static String validator(Answer answer) {
    String tag = answer.header("etag");
    return tag.startsWith("\"") ? tag : answer.header("last-modified");
  }
}
