package dev.tangram.kernel.vector;

/**
 * Whether an operation on elements runs as a plain loop, because the process is young.
 *
 * <p>Until the compiler has seen to it, a call of the Vector API makes objects: the first prompt of
 * a process would spend more time in a few polynomials than in all its products. A plain loop is
 * compiled within milliseconds. The results are the same, bit for bit, so nobody can tell which
 * ran. After the first answer some calls run in registers, so that the compiler learns of that code
 * before it is needed.
 *
 * <p>Threads: any; counts that get lost between threads do not matter.
 */
final class FirstSteps {
  /** About the elements of a prompt of a hundred tokens and of some dozens answered. */
  private static final int ELEMENTS = 1 << 26;

  /** About the elements of a short prompt: nothing is learned before. */
  private static final int UNTAUGHT = 1 << 24;

  /** Then one call of so many runs in registers. */
  private static final int LEARNING = 32;

  private static int elements;
  private static int calls;
  private static boolean over;

  private FirstSteps() {}

  static boolean plain(int count) {
    if (over) {
      return false;
    }
    elements += count;
    if (elements > ELEMENTS) {
      over = true;
    }
    return elements < UNTAUGHT || ++calls % LEARNING != 0;
  }
}
