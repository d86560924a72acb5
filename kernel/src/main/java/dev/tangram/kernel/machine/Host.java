package dev.tangram.kernel.machine;

/** The processor and system that this is; asking links nothing. */
final class Host {
  private Host() {}

  /** Whether code is written for it. */
  static boolean known() {
    return System.getProperty("os.name").equals("Linux")
        && (System.getProperty("os.arch").equals("amd64") || aarch64());
  }

  static boolean aarch64() {
    return System.getProperty("os.arch").equals("aarch64");
  }
}
