package dev.tangram.server.observe;

import dev.tangram.server.http.Served;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per request: no query, no header, no text. */
public final class AccessLog implements Consumer<Served> {
  private static final Logger LOG = LoggerFactory.getLogger("dev.tangram.access");

  @Override
  public void accept(Served served) {
    LOG.info(
        "{} {} {} {} ms prompt={} completion={} id={}",
        LogText.clean(served.method()),
        LogText.clean(served.path()),
        served.status(),
        served.millis(),
        served.promptTokens(),
        served.completionTokens(),
        served.id());
  }
}
