package dev.tangram.server.fake;

import dev.tangram.engine.token.MarkedText;
import dev.tangram.engine.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** A token is a byte; four more are control tokens. */
public final class ByteTokenizer implements Tokenizer {
  public static final List<String> CONTROLS = List.of("<s>", "</s>", "<|im_start|>", "<|im_end|>");
  public static final int END = 257;
  private static final int BYTES = 256;

  @Override
  public int vocabularySize() {
    return BYTES + CONTROLS.size();
  }

  @Override
  public int[] encode(MarkedText marked) {
    var ids = IntStream.builder();
    String text = marked.text();
    for (int at = 0; at < text.length(); ) {
      int control = controlAt(marked, at);
      if (control >= 0) {
        ids.add(BYTES + control);
        at += CONTROLS.get(control).length();
      } else {
        int next = text.offsetByCodePoints(at, 1);
        for (byte b : text.substring(at, next).getBytes(StandardCharsets.UTF_8)) {
          ids.add(b & 0xff);
        }
        at = next;
      }
    }
    return ids.build().toArray();
  }

  private static int controlAt(MarkedText marked, int at) {
    for (int i = 0; i < CONTROLS.size(); i++) {
      String piece = CONTROLS.get(i);
      if (marked.text().startsWith(piece, at) && marked.isTrusted(at, at + piece.length())) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public byte[] bytes(int id) {
    return isControl(id) ? new byte[0] : new byte[] {(byte) id};
  }

  @Override
  public String piece(int id) {
    return isControl(id) ? CONTROLS.get(id - BYTES) : "<0x%02X>".formatted(id);
  }

  @Override
  public boolean isControl(int id) {
    return id >= BYTES;
  }

  @Override
  public OptionalInt begin() {
    return OptionalInt.empty();
  }

  @Override
  public Set<Integer> ends() {
    return Set.of(END, 259);
  }

  @Override
  public OptionalInt id(String piece) {
    if (piece.equals("yes") || piece.equals("no")) {
      return OptionalInt.of(piece.charAt(0));
    }
    int index = CONTROLS.indexOf(piece);
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(BYTES + index);
  }
}
