package dev.tangram.engine.prompt;

/**
 * What one rendering may still spend. A step is one node evaluated or one element handled; copied characters cost one
 * step for every {@value #CHARACTERS_PER_STEP}. Because every string and list is paid for when it is made, fuel bounds
 * memory too. Owned by the rendering thread.
 */
final class Budget {
  /** What any template may do, before what the variables add: about 20 ms of work. */
  static final int STEPS = 400_000;

  static final int CHARACTERS_PER_STEP = 16;

  private static final int SEARCHED_PER_STEP = 6;

  /** The longest string a rendering may make, before what the variables add to it. */
  static final int CHARACTERS_MAX = 1 << 20;

  /** Nested evaluations: about 100 KiB of stack. */
  static final int DEPTH_MAX = 500;

  private long fuel = STEPS;
  private long charactersMax = CHARACTERS_MAX;
  private int depth;
  private int pendingCharacters;

  /** Raises the limits for characters that came in with the variables: long input is no attack. */
  void grant(long characters) {
    fuel += characters;
    charactersMax += 4 * characters;
  }

  void step() {
    if (--fuel < 0) {
      throw outOfFuel();
    }
  }

  void steps(long count) {
    fuel -= count;
    if (fuel < 0) {
      throw outOfFuel();
    }
  }

  /** Pays for a search, or for counting along a string whose characters differ in width. */
  void search(long characters) {
    steps(characters / SEARCHED_PER_STEP);
  }

  /** Pays for characters copied. */
  void characters(int count) {
    long total = (long) pendingCharacters + count;
    pendingCharacters = (int) (total % CHARACTERS_PER_STEP);
    steps(total / CHARACTERS_PER_STEP);
  }

  /** Refuses a string longer than the cap, before it is made. */
  void size(long characters) {
    if (characters > charactersMax) {
      throw new Fault("the text grew past the limit of " + charactersMax + " characters");
    }
  }

  void enter() {
    if (++depth > DEPTH_MAX) {
      throw new Fault("nested deeper than the limit of " + DEPTH_MAX + " levels");
    }
    step();
  }

  void leave() {
    depth--;
  }

  private static Fault outOfFuel() {
    return new Fault("the template ran out of fuel: it does more work than a chat needs");
  }
}
