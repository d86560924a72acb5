package dev.tangram.lab.peer;

/** How much of everything. */
record Sizes(int threads, int promptTokens, int decodeTokens, int batch) {
  /** Ids that are ordinary tokens in every vocabulary here; speed does not depend on which. */
  static int[] ids(int count, int salt) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = 1000 + (int) ((i * 7919L + salt * 104_729L) % 20_000);
    }
    return ids;
  }
}
