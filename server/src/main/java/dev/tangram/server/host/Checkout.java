package dev.tangram.server.host;

/** The answer to asking for a model. */
public sealed interface Checkout {
  /** Here it is; to be given back by closing the lease. */
  record Ready(Lease lease) implements Checkout {}

  /** No model of this name is stored. */
  record Unknown() implements Checkout {}

  /** It is being opened and was not ready in time. */
  record StillLoading() implements Checkout {}

  /** All places are taken by models at work. */
  record NoRoom() implements Checkout {}

  /** The file cannot be used; the message is for the operator and names the file. */
  record Failed(String message) implements Checkout {}

  /** Whoever asked lost interest. */
  record Abandoned() implements Checkout {}
}
