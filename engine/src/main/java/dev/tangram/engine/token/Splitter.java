package dev.tangram.engine.token;

/**
 * A model's rule for cutting text into words before merging. Written by hand rather than as a
 * regular expression: the same cuts, but linear and without recursion whatever the text.
 */
interface Splitter {
  /**
   * The end of the word that starts at {@code from}. Over a whole text each character is looked at
   * a constant number of times.
   *
   * @param to where the text ends; {@code from < to}
   * @return in (from, to], between two code points
   */
  int next(String text, int from, int to);
}
