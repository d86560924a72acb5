package dev.tangram.engine.file.hf;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.MetadataBuilder;
import dev.tangram.engine.file.gguf.Show;
import dev.tangram.engine.file.hf.TokenizerJson.Added;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens as GGUF lists them: one for each row of the embedding, each with its type; rows that
 * no token has are filled with padding that nothing writes.
 */
final class TokenTable {
  /** Merges of a SentencePiece-style vocabulary, for which GGUF has no key: it has scores. */
  static final String PIECE_MERGES = "tangram.tokenizer.merges";

  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;
  private static final char SPACE = '\u2581';

  private final TokenizerJson json;
  private final TokenRules rules;
  private final String[] tokens;
  private final int[] types;
  private final Map<String, Integer> ids;

  /**
   * @param rows of the embedding
   */
  TokenTable(TokenizerJson json, TokenRules rules, int rows) {
    this.json = json;
    this.rules = rules;
    String[] own = json.tokens();
    if (json.vocabularyEnd() > rows) {
      throw json.bad(
          "model.vocab",
          json.vocabularyEnd() + " tokens",
          "at most vocab_size %d of %s".formatted(rows, Config.NAME));
    }
    // Tokens beyond the rows belong to parts that are not run (Gemma's image token).
    tokens = Arrays.copyOf(own, rows);
    types = new int[rows];
    ids = HashMap.newHashMap(Math.min(rows, own.length));
    String unknown = json.model().string("unk_token").orElse(null);
    for (int id = 0; id < Math.min(rows, own.length); id++) {
      if (tokens[id] != null) {
        types[id] = type(tokens[id], unknown);
        ids.put(tokens[id], id);
      }
    }
    for (Added token : json.added()) {
      if (token.id() < rows && types[token.id()] != UNKNOWN) {
        types[token.id()] = token.special() ? CONTROL : USER_DEFINED;
      }
    }
    for (int id = 0; id < rows; id++) {
      if (tokens[id] == null) {
        tokens[id] = "[PAD" + id + "]";
        types[id] = UNUSED;
      }
    }
  }

  private int type(String token, String unknown) {
    if (!rules.sentencePiece()) {
      return NORMAL;
    }
    if (token.equals(unknown)) {
      return UNKNOWN;
    }
    return token.length() == 6 && token.matches("<0x[0-9A-Fa-f]{2}>") ? BYTE : NORMAL;
  }

  /** The id of a token, if it has a row. */
  OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  int size() {
    return tokens.length;
  }

  void write(MetadataBuilder out) {
    out.string("tokenizer.ggml.model", rules.sentencePiece() ? "llama" : "gpt2");
    out.string("tokenizer.ggml.pre", rules.name());
    if (rules.sentencePiece()) {
      out.strings(PIECE_MERGES, pieceMerges());
      spellSpaces();
      float[] scores = new float[tokens.length];
      for (int id = 0; id < scores.length; id++) {
        scores[id] = types[id] == NORMAL ? -id : 0;
      }
      out.numbers("tokenizer.ggml.scores", scores);
      out.flag("tokenizer.ggml.add_space_prefix", false);
    } else {
      out.strings("tokenizer.ggml.merges", json.merges());
    }
    out.strings("tokenizer.ggml.tokens", Arrays.asList(tokens));
    out.integers("tokenizer.ggml.token_type", types);
  }

  /** Merges of ordinary tokens; those that build runs of spaces and the like are added tokens. */
  private List<String> pieceMerges() {
    List<String> kept = new ArrayList<>(json.merges().size());
    for (int rank = 0; rank < json.merges().size(); rank++) {
      String merge = json.merges().get(rank);
      int space = merge.indexOf(' ');
      String left = merge.substring(0, space);
      String right = merge.substring(space + 1);
      if (isNormal(rank, left) & isNormal(rank, right) & isNormal(rank, left + right)) {
        kept.add(merge);
      }
    }
    return kept;
  }

  private boolean isNormal(int rank, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new ModelFormatException(
          json.file(),
          "model.merges[%d]".formatted(rank),
          Show.quoted(token) + ", which is no token",
          "two tokens that are a third one when joined");
    }
    return types[id] == NORMAL;
  }

  /** As converters do: a run of spaces among the added tokens is found in the text as it stands. */
  private void spellSpaces() {
    for (int id = 0; id < tokens.length; id++) {
      if (types[id] == USER_DEFINED) {
        tokens[id] = tokens[id].replace(SPACE, ' ');
      }
    }
  }
}
