package dev.tangram.engine.token;

import java.util.OptionalInt;
import java.util.Set;

/** A model's vocabulary and its way to cut text. Immutable and safe for many threads. */
public interface Tokenizer {
  /** V: ids are in [0, V). */
  int vocabularySize();

  /**
   * Cuts text into ids in time linear in its length (times log for one long word), without
   * beginning-of-text token.
   *
   * @see #begin
   */
  int[] encode(MarkedText text);

  /**
   * The bytes that a token adds to the output: part of a UTF-8 sequence perhaps; empty for control
   * tokens.
   *
   * @throws IndexOutOfBoundsException if the id is not in the vocabulary
   */
  byte[] bytes(int id);

  /**
   * Ids from here to the vocabulary's end are padding of the embedding: a model may score them, but
   * nobody may draw them.
   */
  default int paddingStart() {
    return vocabularySize();
  }

  /** The token as the vocabulary spells it, for display. */
  String piece(int id);

  /** True for tokens that steer the model and are never shown. */
  boolean isControl(int id);

  /** The id to put before a prompt, if this model wants one. */
  OptionalInt begin();

  /**
   * Ids that end a generation: end of text, end of turn; the one that the file calls its end comes
   * first.
   */
  Set<Integer> ends();

  /** The id of a token by its exact spelling, control tokens included. */
  OptionalInt id(String piece);
}
