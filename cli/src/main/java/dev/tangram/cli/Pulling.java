package dev.tangram.cli;

import dev.tangram.cli.text.HumanSize;
import dev.tangram.cli.text.Screen;
import dev.tangram.cli.text.TransferMeter;
import dev.tangram.server.store.ModelReference;
import dev.tangram.server.store.ModelStore;
import dev.tangram.server.store.PullException;
import dev.tangram.server.store.PullListener;
import dev.tangram.server.store.StoredModel;
import java.io.IOException;

/** Fetches a model and shows how it goes. Everything is shown on standard error. */
final class Pulling {
  private static final int ID_DIGITS = 12;

  private Pulling() {}

  /** The model if it is here, else downloads it. */
  static StoredModel ensure(ModelStore store, ModelReference reference, Screen screen)
      throws IOException, PullException, InterruptedException {
    var here = store.find(reference);
    return here.isPresent() ? here.get() : pull(store, reference, screen);
  }

  static StoredModel pull(ModelStore store, ModelReference reference, Screen screen)
      throws PullException, InterruptedException {
    try (TransferMeter meter = new TransferMeter("pulling " + reference, screen)) {
      StoredModel model = store.pull(reference, new Shown(meter, screen));
      meter.say("done: %s, %s".formatted(HumanSize.of(model.bytes()), digest(model)));
      return model;
    }
  }

  private static String digest(StoredModel model) {
    return model.sha256().isEmpty()
        ? "a file in its place"
        : "sha256 " + model.sha256().substring(0, ID_DIGITS);
  }

  /** Calls never overlap, as {@link PullListener} promises. */
  private record Shown(TransferMeter meter, Screen screen) implements PullListener {
    @Override
    public void progress(long doneBytes, long totalBytes) {
      meter.progress(doneBytes, totalBytes, System.nanoTime());
    }

    @Override
    public void verifying(String name) {
      meter.say("verifying");
    }

    @Override
    public void sourceTried(String source) {
      note("from " + source);
    }

    @Override
    public void sourceFailed(String source, String why) {
      note(source + ": " + why);
    }

    @Override
    public void resuming(String source, String why) {
      note("resuming from " + source + ": " + why);
    }

    @Override
    public void waitingForOtherProcess(String name) {
      note("another process is pulling " + name + "; waiting for it");
    }

    private void note(String text) {
      meter.close();
      screen.err().println(screen.dimErr(text));
    }
  }
}
