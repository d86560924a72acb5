package dev.tangram.engine.file.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.file.gguf.Show;
import dev.tangram.engine.file.gguf.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON (RFC 8259) from memory one value at a time, by way of Jackson's streaming parser: a
 * tokenizer's million entries never become a tree. Strict: UTF-8 only, no comments, no NaN, no half
 * surrogate pairs, nothing after the value. Used by one thread. Every error is a {@link
 * ModelFormatException} with file and byte.
 *
 * <pre>{@code
 * in.beginObject();
 * for (String name = in.nextName(); name != null; name = in.nextName()) {
 *   in.skip();
 * }
 * in.end();
 * }</pre>
 */
public final class JsonReader {
  /** What a value is. */
  public enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    BOOLEAN,
    NULL
  }

  /** Deeper values are refused. */
  public static final int DEPTH_MAX = 64;

  private static final int NUMBER_LENGTH_MAX = 400;
  private static final String HALF_PAIR = "half a surrogate pair";
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  // Ours speaks first.
                  .maxNestingDepth(DEPTH_MAX + 1)
                  .maxNumberLength(NUMBER_LENGTH_MAX)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final byte[] bytes;
  private final String file;
  private final long base;
  private final JsonParser parser;
  // Read ahead; null if not yet.
  private JsonToken token;
  private int depth;

  /**
   * @param base where in the file the bytes begin, for messages
   * @throws ModelFormatException if the bytes are not UTF-8
   */
  public JsonReader(byte[] bytes, String file, long base) {
    this.bytes = bytes;
    this.file = file;
    this.base = base;
    int invalid = Utf8.firstInvalid(bytes, 0, bytes.length);
    if (invalid >= 0) {
      throw bad(invalid, "a byte sequence that is not UTF-8", "UTF-8");
    }
    try {
      parser = JSON.createParser(bytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The file that errors name. */
  public String file() {
    return file;
  }

  /** The kind of the value that comes next. */
  public Kind peek() {
    return switch (look()) {
      case START_OBJECT -> Kind.OBJECT;
      case START_ARRAY -> Kind.ARRAY;
      case VALUE_STRING -> Kind.STRING;
      case VALUE_TRUE, VALUE_FALSE -> Kind.BOOLEAN;
      case VALUE_NULL -> Kind.NULL;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Kind.NUMBER;
      default -> throw unexpected("a JSON value");
    };
  }

  public void beginObject() {
    enter(JsonToken.START_OBJECT, "an object");
  }

  /** The next member's name; null after the last, and then the object is left. */
  public String nextName() {
    if (depth == 0 || !parser.getParsingContext().inObject() && token != JsonToken.END_OBJECT) {
      throw new IllegalStateException("not in an object");
    }
    if (look() == JsonToken.END_OBJECT) {
      leave();
      return null;
    }
    take(JsonToken.FIELD_NAME, "a member's name");
    try {
      return wellFormed(parser.currentName());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  public void beginArray() {
    enter(JsonToken.START_ARRAY, "an array");
  }

  /** Whether another element comes; if not, the array is left. */
  public boolean hasNext() {
    if (depth == 0) {
      throw new IllegalStateException("not in an array");
    }
    if (look() == JsonToken.END_ARRAY) {
      leave();
      return false;
    }
    return true;
  }

  public String string() {
    take(JsonToken.VALUE_STRING, "a string");
    try {
      return wellFormed(parser.getText());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** A Long if it is written without fraction and exponent and fits, else a Double. */
  public Object number() {
    if (peek() != Kind.NUMBER) {
      throw unexpected("a number");
    }
    token = null;
    try {
      return switch (parser.getNumberType()) {
        case INT, LONG -> (Object) parser.getLongValue();
        default -> Double.valueOf(parser.getText());
      };
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * A whole number.
   *
   * @param field what it is, for the message
   */
  public long integer(String field) {
    if (peek() == Kind.NUMBER) {
      long from = here();
      if (number() instanceof Long number) {
        return number;
      }
      throw new ModelFormatException(file, base + from, field, shown(from), "a whole number");
    }
    throw new ModelFormatException(file, base + here(), field, shown(here()), "a whole number");
  }

  public boolean flag() {
    if (peek() != Kind.BOOLEAN) {
      throw unexpected("true or false");
    }
    boolean value = token == JsonToken.VALUE_TRUE;
    token = null;
    return value;
  }

  public void nothing() {
    take(JsonToken.VALUE_NULL, "null");
  }

  /** Passes over a value of any kind, which must be well-formed. */
  public void skip() {
    int outside = depth;
    do {
      if (depth > outside && !more()) {
        continue;
      }
      switch (peek()) {
        case OBJECT -> beginObject();
        case ARRAY -> beginArray();
        case STRING -> string();
        case NUMBER -> number();
        case BOOLEAN -> flag();
        case NULL -> nothing();
      }
    } while (depth > outside);
  }

  /** Whether the object or array that we are in has another value, whose name is passed over. */
  private boolean more() {
    return look() == JsonToken.FIELD_NAME || token == JsonToken.END_OBJECT
        ? nextName() != null
        : hasNext();
  }

  /** Checks that nothing but white space follows. */
  public void end() {
    boolean over;
    try {
      over = token == null && parser.nextToken() == null;
    } catch (IOException e) {
      over = false;
    }
    if (!over) {
      throw unexpected("nothing after the value");
    }
  }

  private void enter(JsonToken bracket, String what) {
    take(bracket, what);
    if (depth == DEPTH_MAX) {
      throw bad(here(), "values nested deeper", "a depth of at most " + DEPTH_MAX);
    }
    depth++;
  }

  private void leave() {
    token = null;
    depth--;
  }

  private JsonToken look() {
    try {
      token = token == null ? parser.nextToken() : token;
    } catch (IOException e) {
      throw failed(e);
    }
    if (token == null) {
      throw bad(bytes.length, "the end", "more JSON");
    }
    return token;
  }

  private void take(JsonToken expected, String what) {
    if (look() != expected) {
      throw unexpected(what);
    }
    token = null;
  }

  /** JSON can spell half a surrogate pair, which no text has. */
  private String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          throw bad(here(), HALF_PAIR, "whole characters");
        }
        i++;
      }
    }
    return text;
  }

  /** Where the current token begins. */
  private long here() {
    return Math.max(0, parser.currentTokenLocation().getByteOffset());
  }

  private ModelFormatException unexpected(String allowed) {
    return bad(here(), shown(here()), allowed);
  }

  private String shown(long from) {
    int at = (int) Math.min(bytes.length, from);
    int to = Math.min(bytes.length, at + 12);
    return Show.quoted(new String(bytes, at, to - at, StandardCharsets.ISO_8859_1));
  }

  private ModelFormatException bad(long at, String found, String allowed) {
    return new ModelFormatException(file, base + at, "JSON", found, allowed);
  }

  private RuntimeException failed(IOException e) {
    if (!(e instanceof JsonProcessingException broken)) {
      return new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
    if (broken instanceof JsonEOFException) {
      return bad(bytes.length, "the end", "more JSON");
    }
    JsonLocation place = broken.getLocation();
    long at = place == null || place.getByteOffset() < 0 ? here() : place.getByteOffset();
    String message = broken.getOriginalMessage();
    return message.contains("surrogate")
        ? bad(at, HALF_PAIR, "whole characters")
        : bad(at, Show.quoted(shortened(message)), "JSON as RFC 8259 has it");
  }

  private static String shortened(String message) {
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() > 160 ? line.substring(0, 160) : line;
  }
}
