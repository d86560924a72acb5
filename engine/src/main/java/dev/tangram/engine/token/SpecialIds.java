package dev.tangram.engine.token;

import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFormatException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The ids with a role.
 *
 * @param begin goes before a prompt, if the model wants one
 * @param ends each ends a generation
 * @param appended goes after a text that is to be embedded, if the model wants one
 */
record SpecialIds(OptionalInt begin, Set<Integer> ends, OptionalInt appended) {
  private static final String ADD_END = "tokenizer.ggml.add_eos_token";
  private static final String APPENDED = "tangram.tokenizer.appended_token_id";
  private static final String ADD_BEGIN = "tokenizer.ggml.add_bos_token";
  private static final String BEGIN = "tokenizer.ggml.bos_token_id";

  /** Roles whose id ends a generation: end of sequence, of turn, of message. */
  private static final List<String> END_KEYS =
      List.of(
          "tokenizer.ggml.eos_token_id",
          "tokenizer.ggml.eot_token_id",
          "tokenizer.ggml.eom_token_id");

  /** More ends, where a generation_config.json had several; GGUF has a key for one of each kind. */
  private static final String MORE_ENDS = "tangram.tokenizer.end_token_ids";

  /** Other ids that only have to be in range. */
  private static final Set<String> OTHER_KEYS =
      Set.of("tokenizer.ggml.unknown_token_id", "tokenizer.ggml.padding_token_id");

  /**
   * A file names one end only, but a chat model stops at the end of its turn and of the text; so
   * tokens of these spellings end a generation too, if they are not just text.
   */
  private static final Set<String> END_PIECES =
      Set.of(
          "<|im_end|>",
          "<|endoftext|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "<|end_of_text|>",
          "<|end|>",
          "<end_of_turn>",
          "<eos>",
          "</s>");

  /** Reads the roles; an id outside the vocabulary is refused. */
  static SpecialIds of(
      Metadata metadata, Vocabulary vocabulary, String file, boolean beginsByDefault) {
    Set<Integer> ends = new LinkedHashSet<>();
    for (String key : END_KEYS) {
      id(metadata, key, vocabulary).ifPresent(ends::add);
    }
    for (int id : metadata.has(MORE_ENDS) ? metadata.integers(MORE_ENDS) : new int[0]) {
      if (id < 0 || id >= vocabulary.size()) {
        throw new ModelFormatException(
            file, MORE_ENDS, Integer.toString(id), "0 to " + (vocabulary.size() - 1));
      }
      ends.add(id);
    }
    for (String key : OTHER_KEYS) {
      id(metadata, key, vocabulary);
    }
    for (String piece : END_PIECES) {
      int id = vocabulary.find(piece);
      if (id >= 0 && steers(vocabulary.type(id), piece)) {
        ends.add(id);
      }
    }
    OptionalInt begin = id(metadata, BEGIN, vocabulary);
    boolean wanted = metadata.flag(ADD_BEGIN, beginsByDefault && begin.isPresent());
    if (wanted && begin.isEmpty()) {
      throw new ModelFormatException(
          file, BEGIN, "nothing", "an id of the vocabulary, because " + ADD_BEGIN + " is true");
    }
    return new SpecialIds(
        wanted ? begin : OptionalInt.empty(),
        Collections.unmodifiableSet(ends),
        appended(metadata, vocabulary));
  }

  /** Some files call the end of a turn user-defined; Gemma's {@code </s>} of that type is HTML. */
  private static boolean steers(TokenType type, String piece) {
    return type == TokenType.CONTROL
        || type == TokenType.USER_DEFINED && AddedTokens.looksLikeMarkup(piece);
  }

  private static OptionalInt appended(Metadata metadata, Vocabulary vocabulary) {
    if (metadata.has(APPENDED)) {
      return id(metadata, APPENDED, vocabulary);
    }
    return metadata.flag(ADD_END, false)
        ? id(metadata, END_KEYS.getFirst(), vocabulary)
        : OptionalInt.empty();
  }

  private static OptionalInt id(Metadata metadata, String key, Vocabulary vocabulary) {
    return metadata.has(key)
        ? OptionalInt.of(metadata.integer(key, 0, vocabulary.size() - 1))
        : OptionalInt.empty();
  }
}
