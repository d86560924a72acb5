package dev.tangram.lab.peer;

/** An engine with one model loaded that can be timed. */
interface Contender extends AutoCloseable {
  String name();

  /** Runs one measurement and returns its tokens a second. */
  double measure(Work work);

  @Override
  void close();
}
