/** Numbers: matrix operations over memory segments. Knows no model. */
module dev.tangram.kernel {
  requires jdk.incubator.vector;

  exports dev.tangram.kernel;
  exports dev.tangram.kernel.quant;
}
