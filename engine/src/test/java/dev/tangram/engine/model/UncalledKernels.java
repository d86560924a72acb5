package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import java.lang.reflect.Proxy;

/** Kernels that nobody may call: a model refused must be refused before. */
final class UncalledKernels {
  private UncalledKernels() {}

  static Kernels make() {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) -> {
              throw new AssertionError("the kernel " + method.getName() + " was called");
            });
  }
}
