package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.Document;
import dev.tangram.server.store.source.PackageIndex.Wheel;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The older, HTML form of a package listing (PEP 503), still what most company mirrors speak. */
final class SimplePage {
  private static final Pattern ANCHOR =
      Pattern.compile("<a\\s([^>]{1,4096})>([^<]{1,512})</a\\s*>", Pattern.CASE_INSENSITIVE);
  private static final Pattern HREF =
      Pattern.compile("href\\s*=\\s*[\"']([^\"']+)[\"']", Pattern.CASE_INSENSITIVE);

  private SimplePage() {}

  static List<Wheel> wheels(Document document, Credentials credentials) {
    List<Wheel> wheels = new ArrayList<>();
    Matcher anchor = ANCHOR.matcher(document.text());
    while (anchor.find()) {
      Matcher href = HREF.matcher(anchor.group(1));
      if (!href.find()) {
        continue;
      }
      String url = href.group(1).replace("&amp;", "&");
      int hash = url.indexOf('#');
      String fragment = hash < 0 ? "" : url.substring(hash + 1);
      String sha256 = fragment.startsWith("sha256=") ? fragment.substring("sha256=".length()) : "";
      boolean yanked = anchor.group(1).contains("data-yanked");
      String plain = hash < 0 ? url : url.substring(0, hash);
      Wheel.of(document.uri(), anchor.group(2).strip(), plain, sha256, yanked, credentials)
          .ifPresent(wheels::add);
    }
    return wheels;
  }
}
