package dev.tangram.server.observe;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes each usage record as one line. */
public final class UsageLog implements UsageSink {
  private static final Logger LOG = LoggerFactory.getLogger("dev.tangram.usage");

  @Override
  public void accept(UsageRecord record) {
    LOG.info(
        "request={} choice={} model={} prompt={} cached={} completion={} reason={} ttft_ms={}",
        record.requestId(),
        record.choice(),
        LogText.clean(record.model()),
        record.usage().promptTokens(),
        record.usage().cachedTokens(),
        record.usage().completionTokens(),
        record.reason().name().toLowerCase(Locale.ROOT),
        Math.round(record.usage().ttftSeconds() * 1000));
  }
}
