package dev.tangram.engine.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.engine.file.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * MF-3 for tokens: whatever a file says, it is refused with a message or encodes and decodes
 * without a fault.
 */
class TokenizersPropertyTest {
  private static final int FILES = 3_000;

  @Test
  void aBrokenFileIsRefusedOrWorks() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int refused = 0;
    int loaded = 0;
    for (int n = 0; n < FILES; n++) {
      MapMetadata metadata =
          random.nextBoolean()
              ? Small.byteLevelMetadata(Small.RULES.get(random.nextInt(Small.RULES.size())))
              : Small.sentencePieceMetadata();
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        metadata = change(metadata, random);
      }
      String replay = "seed=%d, file %d".formatted(seed, n);
      try {
        use(Small.of(metadata), random, replay);
        loaded++;
      } catch (ModelFormatException e) {
        assertThat(e.getMessage()).as(replay).contains("tokenizer.ggml.", "found", "allowed");
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError(replay, e);
      }
    }
    assertThat(refused).isGreaterThan(FILES / 10);
    assertThat(loaded).isGreaterThan(FILES / 10);
  }

  private static void use(Tokenizer tokenizer, SplittableRandom random, String replay) {
    String text = Texts.any(random, 20);
    MarkedText marked = random.nextBoolean() ? MarkedText.plain(text) : MarkedText.trusted(text);
    int[] ids = tokenizer.encode(marked);
    for (int id : ids) {
      assertThat(id).as(replay).isBetween(0, tokenizer.vocabularySize() - 1);
    }
    assertThat(TokenStream.decode(tokenizer, ids)).as(replay).isNotNull();
    tokenizer.ends().forEach(tokenizer::piece);
    tokenizer.begin().ifPresent(tokenizer::piece);
  }

  private static MapMetadata change(MapMetadata metadata, SplittableRandom random) {
    List<Object> tokens = list(metadata, "tokens");
    int size = tokens.size();
    int id = random.nextInt(size);
    List<Object> types = list(metadata, "token_type");
    switch (random.nextInt(9)) {
      case 0 -> tokens.set(id, Texts.any(random, 3));
      case 1 -> tokens.set(id, tokens.get(random.nextInt(size)));
      case 2 -> tokens.remove(id);
      case 3 -> types.set(Math.min(id, types.size() - 1), random.nextInt(-1, 9));
      case 4 -> types.replaceAll(type -> random.nextInt(50) == 0 ? random.nextInt(1, 7) : type);
      case 5 -> {
        return metadata.with("bos_token_id", (long) random.nextInt(-2, size + 3));
      }
      case 6 -> {
        return metadata.without(random.nextBoolean() ? "merges" : "scores");
      }
      case 7 -> {
        String key = metadata.has("tokenizer.ggml.merges") ? "merges" : "scores";
        List<Object> list = list(metadata, key);
        if (list.isEmpty()) {
          return metadata;
        }
        Object broken = key.equals("merges") ? Texts.any(random, 4) : (Object) (-1.0 / 0.0);
        list.set(random.nextInt(list.size()), broken);
        return metadata.with(key, list);
      }
      default -> {
        List<Object> merges = list(metadata, "merges");
        java.util.Collections.shuffle(merges, java.util.Random.from(random));
        return merges.isEmpty() ? metadata : metadata.with("merges", merges);
      }
    }
    return metadata.with("tokens", tokens).with("token_type", types);
  }

  private static List<Object> list(MapMetadata metadata, String key) {
    String full = "tokenizer.ggml." + key;
    return metadata.has(full) ? new ArrayList<>((List<?>) metadata.value(full)) : new ArrayList<>();
  }
}
