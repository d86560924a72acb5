package dev.tangram.lab.kernel;

/** {@code [--rounds 9] [--kernels auto]}: options of a bench whose shapes are given. */
record RoundsOptions(int rounds, String kernels) {
  static RoundsOptions of(String[] args) {
    int rounds = 9;
    String kernels = "auto";
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
        case "--kernels" -> kernels = args[i + 1];
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    return new RoundsOptions(rounds, kernels);
  }
}
