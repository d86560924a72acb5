package dev.tangram.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tangram.engine.token.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Token ids as clients see them. */
final class Tokens {
  private final Optional<Tokenizer> tokenizer;

  Tokens(Optional<Tokenizer> tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The bytes a token stands for; those of its spelling for control tokens. */
  byte[] bytes(int id) {
    if (!spelled(id)) {
      return new byte[0];
    }
    byte[] bytes = tokenizer.get().bytes(id);
    return bytes.length > 0 ? bytes : tokenizer.get().piece(id).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * A token as text; parts of a character become U+FFFD; {@code token_id:5} where no vocabulary
   * spells it.
   */
  String text(int id) {
    return spelled(id) ? new String(bytes(id), StandardCharsets.UTF_8) : "token_id:" + id;
  }

  private boolean spelled(int id) {
    return tokenizer.isPresent() && id < tokenizer.get().vocabularySize();
  }

  /** A token as text, in the form {@code bytes:\xe2\x82} if it is only part of a character. */
  String textOrBytes(int id) {
    if (!spelled(id)) {
      return text(id);
    }
    byte[] bytes = bytes(id);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      var text = new StringBuilder("bytes:");
      for (byte b : bytes) {
        text.append("\\x%02x".formatted(b & 0xff));
      }
      return text.toString();
    }
  }

  /** What a run of ids reads as: control tokens show nothing. */
  String text(int[] ids) {
    var bytes = new ByteArrayOutputStream();
    tokenizer.ifPresent(
        t -> {
          for (int id : ids) {
            bytes.writeBytes(t.bytes(id));
          }
        });
    return bytes.toString(StandardCharsets.UTF_8);
  }

  static ArrayNode json(int[] ids) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (int id : ids) {
      array.add(id);
    }
    return array;
  }
}
