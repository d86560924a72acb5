package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.server.http.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A JSON object read strictly: a field is absent, null (which counts as absent) or of its type and
 * in its range. Everything else is 400 naming the field. Texts of a client are never quoted back.
 */
final class Fields {
  private final ObjectNode node;
  private final String path;

  Fields(ObjectNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /** The name of a field as error messages give it. */
  String name(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  boolean has(String field) {
    return node.hasNonNull(field);
  }

  /** The value, or null if absent. */
  JsonNode value(String field) {
    return has(field) ? node.get(field) : null;
  }

  boolean flag(String field, boolean otherwise) {
    JsonNode value = value(field);
    if (value == null) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw wrongType(name(field), value, "true or false");
    }
    return value.booleanValue();
  }

  double number(NumberField field, double otherwise) {
    JsonNode value = value(field.wireName());
    return value == null ? otherwise : number(field, name(field.wireName()), value);
  }

  /** Checks a number against the range of a field, wherever it stands. */
  static double number(NumberField field, String name, JsonNode value) {
    if (!value.isNumber()) {
      throw wrongType(name, value, "a number from " + field.range());
    }
    double number = value.doubleValue();
    if (!(number >= field.least() && number <= field.most())) {
      throw outOfRange(name, value, field);
    }
    return number;
  }

  long whole(NumberField field, long otherwise) {
    JsonNode value = value(field.wireName());
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber()) {
      throw wrongType(name(field.wireName()), value, "an integer from " + field.range());
    }
    if (!value.canConvertToLong()
        || value.longValue() < (long) field.least()
        || value.longValue() > (long) field.most()) {
      throw outOfRange(name(field.wireName()), value, field);
    }
    return value.longValue();
  }

  /** An integer in a closed range, or {@code otherwise} if absent. */
  int whole(String field, int least, int most, int otherwise) {
    JsonNode value = value(field);
    if (value == null) {
      return otherwise;
    }
    String allowed = least + " to " + most;
    if (!value.isIntegralNumber()) {
      throw wrongType(name(field), value, "an integer from " + allowed);
    }
    if (!value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
      String found = value.asText().length() > 40 ? "a huge number" : value.asText();
      throw ApiException.invalid(
          name(field), "%s: found %s, allowed: %s".formatted(name(field), found, allowed));
    }
    return value.intValue();
  }

  /** A text of at most so many UTF-16 units, or null if absent. */
  String text(String field, int charsMax) {
    JsonNode value = value(field);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrongType(name(field), value, "a string");
    }
    return bounded(name(field), wellFormed(value.textValue()), charsMax);
  }

  /** As {@link #text}, but the field must be there and hold something. */
  String requiredText(String field, int charsMax) {
    String text = text(field, charsMax);
    if (text == null) {
      throw missing(field);
    }
    if (text.isEmpty()) {
      throw ApiException.invalid(name(field), name(field) + ": found an empty string");
    }
    return text;
  }

  /** An array's elements, or null if absent. */
  List<JsonNode> array(String field, int most) {
    JsonNode value = value(field);
    if (value == null) {
      return null;
    }
    if (!value.isArray()) {
      throw wrongType(name(field), value, "an array");
    }
    if (value.size() > most) {
      throw ApiException.invalid(
          name(field),
          "%s: found %d elements, allowed: at most %d".formatted(name(field), value.size(), most));
    }
    return value.valueStream().toList();
  }

  /** An inner object, or null if absent. */
  Fields object(String field) {
    JsonNode value = value(field);
    return value == null ? null : of(value, name(field));
  }

  /** Any node that must be an object. */
  static Fields of(JsonNode value, String name) {
    if (value instanceof ObjectNode object) {
      return new Fields(object, name);
    }
    throw wrongType(name, value, "an object");
  }

  /** The object itself. */
  ObjectNode node() {
    return node;
  }

  ApiException missing(String field) {
    return ApiException.invalid(name(field), "%s: is missing".formatted(name(field)));
  }

  /** The error for a value of a wrong type, under its full name. */
  static ApiException wrongType(String name, JsonNode value, String allowed) {
    return ApiException.invalid(
        name,
        "%s: found %s, allowed: %s"
            .formatted(name, value.getNodeType().name().toLowerCase(Locale.ROOT), allowed));
  }

  /** The text with U+FFFD for halves of surrogate pairs, which no UTF-8 can hold. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isHighSurrogate(text.charAt(i))
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
      }
    }
    return text;
  }

  static String bounded(String name, String text, int charsMax) {
    if (text.length() > charsMax) {
      throw ApiException.invalid(
          name,
          "%s: found %d characters, allowed: at most %d".formatted(name, text.length(), charsMax));
    }
    return text;
  }

  private static ApiException outOfRange(String name, JsonNode value, NumberField field) {
    String found = value.asText();
    return ApiException.invalid(
        name,
        "%s: found %s, allowed: %s"
            .formatted(name, found.length() > 40 ? "a huge number" : found, field.range()));
  }
}
