package dev.tangram.engine.token;

import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.json.JsonFiles;
import dev.tangram.engine.file.json.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the {@code tokenizer.json} of a BERT-like model. */
final class WordPieceFile {
  private static final long BYTES_MAX = 64 << 20;
  private static final int WORD_LENGTH_MAX = 1000;

  private final JsonObject json;
  private final String file;

  private WordPieceFile(JsonObject json, String file) {
    this.json = json;
    this.file = file;
  }

  static Tokenizer open(Path path) {
    String file = path.toString();
    return new WordPieceFile(JsonObject.parse(JsonFiles.read(path, BYTES_MAX), file), file).read();
  }

  private Tokenizer read() {
    JsonObject model = required(json, "model");
    typed(model, "model.type", "WordPiece");
    required(json, "pre_tokenizer");
    typed(json.object("pre_tokenizer").orElseThrow(), "pre_tokenizer.type", "BertPreTokenizer");
    String[] pieces = pieces(model);
    byte[] types = new byte[pieces.length];
    Arrays.fill(types, TokenType.NORMAL.code());
    addedTokens(pieces, types);
    String unknown = model.string("unk_token").orElse("[UNK]");
    int unknownId = Arrays.asList(pieces).indexOf(unknown);
    if (unknownId < 0) {
      throw new ModelFormatException(file, "model.unk_token", unknown, "a token of model.vocab");
    }
    types[unknownId] = TokenType.UNKNOWN.code();
    Vocabulary vocabulary = Vocabulary.of(pieces, types, file);
    return new WordPieceTokenizer(
        vocabulary,
        AddedTokens.of(vocabulary, file),
        special(vocabulary),
        normalizer(),
        model.string("continuing_subword_prefix").orElse("##"),
        unknownId,
        model.integer("max_input_chars_per_word", 1, WORD_LENGTH_MAX, 100));
  }

  private String[] pieces(JsonObject model) {
    JsonObject vocab = required(model, "vocab");
    int size = vocab.names().size();
    if (size < 1 || size > Vocabulary.TOKENS_MAX) {
      throw new ModelFormatException(
          file, "model.vocab", size + " tokens", "1 to " + Vocabulary.TOKENS_MAX + " tokens");
    }
    String[] pieces = new String[size];
    for (String piece : vocab.names()) {
      int id = vocab.integer(piece, 0, size - 1);
      if (pieces[id] != null) {
        throw vocab.wrong(piece, "each id from 0 to " + (size - 1) + " once");
      }
      pieces[id] = piece;
    }
    return pieces;
  }

  /** Marks what steers the model; all of them must be in the vocabulary. */
  private void addedTokens(String[] pieces, byte[] types) {
    for (Object value : json.list("added_tokens").orElse(List.of())) {
      if (!(value instanceof JsonObject token)) {
        throw json.wrong("added_tokens", "objects");
      }
      int id = token.integer("id", 0, pieces.length - 1);
      String content = token.string("content").orElse("");
      if (!pieces[id].equals(content)) {
        throw token.wrong("content", "the token " + id + " of model.vocab");
      }
      types[id] =
          (token.flag("special", false) ? TokenType.CONTROL : TokenType.USER_DEFINED).code();
    }
  }

  private BertNormalizer normalizer() {
    JsonObject normalizer = required(json, "normalizer");
    typed(normalizer, "normalizer.type", "BertNormalizer");
    boolean lowers = normalizer.flag("lowercase", true);
    return new BertNormalizer(
        normalizer.flag("clean_text", true),
        normalizer.flag("handle_chinese_chars", true),
        normalizer.flag("strip_accents", lowers),
        lowers);
  }

  private SpecialIds special(Vocabulary vocabulary) {
    JsonObject post = required(json, "post_processor");
    String type = post.string("type").orElse("");
    OptionalInt first;
    OptionalInt last;
    switch (type) {
      case "TemplateProcessing" -> {
        List<Object> single = post.list("single").orElse(List.of());
        if (single.size() != 3) {
          throw post.wrong("single", "one token, the text, one token");
        }
        first = templated(post, single.get(0), vocabulary);
        last = templated(post, single.get(2), vocabulary);
      }
      case "BertProcessing" -> {
        first = paired(post, "cls", vocabulary);
        last = paired(post, "sep", vocabulary);
      }
      default -> throw post.wrong("type", "TemplateProcessing or BertProcessing");
    }
    return new SpecialIds(first, Set.of(last.getAsInt()), last);
  }

  private static OptionalInt templated(JsonObject post, Object part, Vocabulary vocabulary) {
    if (part instanceof JsonObject object
        && object.object("SpecialToken").flatMap(t -> t.string("id")).isPresent()) {
      String piece = object.object("SpecialToken").orElseThrow().string("id").orElseThrow();
      return known(post, "single", piece, vocabulary);
    }
    throw post.wrong("single", "one token, the text, one token");
  }

  private static OptionalInt paired(JsonObject post, String name, Vocabulary vocabulary) {
    List<Object> pair = post.list(name).orElse(List.of());
    if (pair.size() == 2 && pair.getFirst() instanceof String piece) {
      return known(post, name, piece, vocabulary);
    }
    throw post.wrong(name, "a token and its id");
  }

  private static OptionalInt known(
      JsonObject post, String name, String piece, Vocabulary vocabulary) {
    int id = vocabulary.find(piece);
    if (id < 0) {
      throw post.wrong(name, "tokens of model.vocab");
    }
    return OptionalInt.of(id);
  }

  private JsonObject required(JsonObject in, String name) {
    return in.object(name).orElseThrow(() -> in.wrong(name, "an object"));
  }

  private static void typed(JsonObject in, String path, String allowed) {
    if (!in.string("type").orElse("").equals(allowed)) {
      throw new ModelFormatException(
          in.file(), path, Quoted.of(in.string("type").orElse("nothing")), allowed);
    }
  }
}
