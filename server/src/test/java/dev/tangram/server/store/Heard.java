package dev.tangram.server.store;

import java.util.ArrayList;
import java.util.List;

/** Remembers what a pull said. */
final class Heard implements PullListener {
  private final List<String> events = new ArrayList<>();
  private long doneBytes;
  private long totalBytes;

  synchronized List<String> events() {
    return List.copyOf(events);
  }

  synchronized long doneBytes() {
    return doneBytes;
  }

  synchronized long totalBytes() {
    return totalBytes;
  }

  private synchronized void add(String event) {
    events.add(event);
  }

  @Override
  public void sourceTried(String source) {
    add("tried " + source);
  }

  @Override
  public void sourceFailed(String source, String why) {
    add("failed " + source + ": " + why);
  }

  @Override
  public void resuming(String source, String why) {
    add("resuming: " + why);
  }

  @Override
  public synchronized void progress(long done, long total) {
    doneBytes = done;
    totalBytes = total;
  }

  @Override
  public void verifying(String name) {
    add("verifying " + name);
  }

  @Override
  public void waitingForOtherProcess(String name) {
    add("waiting " + name);
  }
}
