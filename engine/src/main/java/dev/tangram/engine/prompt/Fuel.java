package dev.tangram.engine.prompt;

/**
 * What one rendering may cost. A template is input: it must end, soon, with bounded memory.
 *
 * <p>Threads: one rendering.
 */
final class Fuel {
  /** Evaluated nodes; a chat of a thousand turns takes about a tenth. */
  private static final int STEPS = 1_000_000;

  /** Characters of all strings that were built, in units that one step pays for. */
  private static final int CHARACTERS_PER_STEP = 64;

  /** Nested evaluations; a Java stack frame each. */
  private static final int DEPTH = 100;

  private long left;
  private int depth;

  /** @param inputCharacters of the variables: copying them is no attack */
  Fuel(long inputCharacters) {
    left = STEPS + inputCharacters;
  }

  void step() {
    burn(1);
  }

  /** Pays for a string or list of this size before it is built. */
  void size(long size) {
    burn(1 + size / CHARACTERS_PER_STEP);
  }

  private void burn(long steps) {
    left -= steps;
    if (left < 0) {
      throw new TemplateException("the chat template ran out of fuel: it takes too many steps or builds too much text");
    }
  }

  void enter() {
    if (++depth > DEPTH) {
      throw new TemplateException("the chat template calls itself too deeply: more than %d levels".formatted(DEPTH));
    }
  }

  void leave() {
    depth--;
  }
}
