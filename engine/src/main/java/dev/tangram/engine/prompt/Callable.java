package dev.tangram.engine.prompt;

/** A function, method, macro, filter or test. */
interface Callable {
  Object call(Rendering r, Arguments arguments);
}
