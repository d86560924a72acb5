package dev.tangram.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.model.Shape;
import dev.tangram.kernel.KvType;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KvBudgetTest {
  /** A block of 16 positions takes 2 * 4 * 32 * 16 * 4 * 8 = 131,072 bytes. */
  private static final Shape PLAIN = new Shape("plain", 8, 256, 8, 4, 32, 1000, 4096, 1);

  private static final long BLOCK = 131_072;

  /** The same, and six layers with a state of 100,000 bytes each. */
  private static final Shape HYBRID =
      new Shape("hybrid", 14, 256, 8, 4, 32, 1000, 4096, 1, 8, 6, 5_000, 20_000);

  private static final long STATE = 600_000;
  private static final long MACHINE = 64L << 30;
  private static final EngineOptions OPTIONS =
      EngineOptions.DEFAULT.withSpeculation(Speculation.OFF);

  private static KvBudget of(Shape shape, EngineOptions options) {
    return KvBudget.of(shape, options, 16, 64, MACHINE);
  }

  private static EngineOptions bytes(long bytes) {
    return OPTIONS.withKvCacheBytes(bytes);
  }

  @Test
  void withoutStatesAllOfItIsBlocks() {
    assertThat(of(PLAIN, OPTIONS)).isEqualTo(new KvBudget(256, 0, 4096, 16, 0, 0));
    assertThat(of(PLAIN, bytes(10 * BLOCK + 5))).isEqualTo(new KvBudget(10, 0, 160, 16, 0, 0));
    assertThat(of(PLAIN, bytes(1000 * BLOCK))).isEqualTo(new KvBudget(1000, 0, 4096, 16, 0, 0));
    assertThat(KvBudget.of(PLAIN, OPTIONS, 16, 64, 40 * BLOCK))
        .as("a quarter of the machine")
        .isEqualTo(new KvBudget(10, 0, 160, 16, 0, 0));
  }

  @Test
  void fewerBitsGiveMoreBlocks() {
    assertThat(of(PLAIN, bytes(10 * BLOCK).withKvType(KvType.F16)).blocks()).isEqualTo(20);
    assertThat(of(PLAIN, bytes(9 * BLOCK).withKvType(KvType.Q8_0)).blocks()).isEqualTo(32);
  }

  @Test
  void aStateForEverySequenceThenAQuarterForSnapshots() {
    KvBudget whole = of(HYBRID, OPTIONS);
    assertThat(whole.sequencesMax()).isEqualTo(16);
    assertThat(whole.contextLength()).isEqualTo(4096);
    assertThat(whole.snapshots()).isEqualTo(256 * BLOCK / 3 / STATE);
    KvBudget asked = of(HYBRID, bytes(16 * STATE + 80 * STATE));
    assertThat(asked.snapshots()).isEqualTo(20);
    assertThat(asked.blocks()).isEqualTo(60 * STATE / BLOCK);
    assertThat(asked.slots()).isEqualTo(36);
  }

  @Test
  void whoGuessesHasASpareStateForEachSequenceFromAnEighth() {
    KvBudget whole = of(HYBRID, EngineOptions.DEFAULT);
    assertThat(whole.spares()).isEqualTo(11);
    assertThat(of(PLAIN, EngineOptions.DEFAULT).spares()).isZero();
    for (long bytes = STATE + BLOCK; bytes < 400 * STATE; bytes += 777_777) {
      KvBudget plain = of(HYBRID, bytes(bytes));
      KvBudget budget = of(HYBRID, bytes(bytes).withSpeculation(Speculation.NGRAM));
      assertThat(budget.sequencesMax()).isEqualTo(plain.sequencesMax());
      assertThat(budget.spares()).isBetween(0, budget.sequencesMax());
      assertThat(budget.spares() * STATE).isLessThanOrEqualTo(bytes / 8);
      assertThat(budget.slots() * STATE + budget.blocks() * BLOCK)
          .as("%d bytes", bytes)
          .isBetween(bytes - 2 * STATE - BLOCK, bytes);
    }
  }

  @Test
  void aSmallBudgetRunsFewerSequences() {
    KvBudget small = of(HYBRID, bytes(10 * STATE));
    assertThat(small.sequencesMax()).as("states take at most half").isEqualTo(5);
    assertThat(small.snapshots()).isEqualTo(1);
    assertThat(small.blocks()).isEqualTo(4 * STATE / BLOCK);
    assertThat(of(HYBRID, bytes(STATE + BLOCK))).isEqualTo(new KvBudget(1, 0, 16, 1, 0, 0));
  }

  @Test
  void aContextThatWasAskedForComesBeforeStates() {
    long bytes = 128 * BLOCK + 3 * STATE + STATE / 2;
    KvBudget budget = of(HYBRID, bytes(bytes).withContextLength(2048));
    assertThat(budget.contextLength()).isEqualTo(2048);
    assertThat(budget.sequencesMax()).isEqualTo(3);
    assertThat(budget.snapshots()).isZero();
    assertThat(budget.blocks()).isGreaterThanOrEqualTo(128);
  }

  @Test
  void neverMoreThanWasAllowed() {
    for (long bytes = STATE + BLOCK; bytes < 400 * STATE; bytes += 777_777) {
      KvBudget budget = of(HYBRID, bytes(bytes));
      assertThat(budget.slots() * STATE + budget.blocks() * BLOCK)
          .as("%d bytes", bytes)
          .isBetween(bytes - STATE - BLOCK, bytes);
      assertThat(budget.interval() % 16).isZero();
    }
  }

  /** Of 8 layers 6 see 128 positions: in steps of 64 that is 13 blocks, of one token 9. */
  @Test
  void aWindowForEverySequenceAndNoMore() {
    Shape sliding =
        new Shape(
            "sliding", 8, 256, 8, 4, 32, 1000, 4096, 1, 8, 0, 0, 0, 128, Set.of(0, 1, 2, 4, 5, 6));
    assertThat(of(sliding, OPTIONS)).isEqualTo(new KvBudget(256, 13 + 15 * 9, 4096, 16, 0, 0));
    assertThat(of(sliding, bytes(10 * BLOCK)))
        .as("too little for windows to matter")
        .isEqualTo(new KvBudget(10, 10, 160, 16, 0, 0));
    assertThat(of(sliding, bytes(148 * BLOCK * 3 / 4 + 1000 * BLOCK / 4)))
        .isEqualTo(new KvBudget(1000, 148, 4096, 16, 0, 0));
    long least = 256 * BLOCK / 4 + 13 * BLOCK * 3 / 4;
    assertThat(of(sliding, bytes(least).withContextLength(4096)))
        .as("a context that was asked for comes before others' windows")
        .isEqualTo(new KvBudget(256, 13, 4096, 16, 0, 0));
    assertThatThrownBy(() -> of(sliding, bytes(least - 1).withContextLength(4096)))
        .hasMessageStartingWith("context: 4096 positions need " + least);
    for (long bytes = BLOCK; bytes < 400 * BLOCK; bytes += 99_999) {
      KvBudget budget = of(sliding, bytes(bytes));
      assertThat(budget.windowBlocks() * BLOCK * 3 / 4 + budget.blocks() * BLOCK / 4)
          .isBetween(bytes - BLOCK, bytes);
      // Which refuses too few window blocks.
      assertThat(budget.ledger(sliding, 64).total()).isEqualTo(budget.blocks());
    }
  }

  @Test
  void refusalsNameTheBytes() {
    assertThatThrownBy(() -> of(PLAIN, bytes(BLOCK - 1)))
        .hasMessage(
            "kv-cache-memory: found 131071 bytes, allowed: at least 131072 (one block of 16 positions)");
    assertThatThrownBy(() -> of(HYBRID, bytes(STATE)))
        .hasMessage(
            "kv-cache-memory: found 600000 bytes, allowed: at least 731072 (one block of 16 positions and a recurrent state of 600000)");
    assertThatThrownBy(() -> of(PLAIN, bytes(BLOCK).withContextLength(17)))
        .hasMessage(
            "context: 17 positions need 262144 bytes of keys and values, kv-cache-memory allows 131072");
    assertThatThrownBy(() -> of(HYBRID, bytes(BLOCK).withContextLength(16)))
        .hasMessage(
            "context: 16 positions need 131072 bytes of keys and values and a recurrent state of 600000, kv-cache-memory allows 131072");
    assertThatThrownBy(() -> of(PLAIN, OPTIONS.withContextLength(5000)))
        .hasMessage(
            "context: found 5000, allowed: at most 4096, which is what this model was made for");
  }
}
