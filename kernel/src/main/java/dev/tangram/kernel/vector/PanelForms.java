package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.PackedForms;
import dev.tangram.kernel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/** Panels as bytes; the same for every tier that multiplies panels. */
public final class PanelForms implements PackedForms {
  private final Function<Format, Layout> layout;
  private final UnaryOperator<Arena> memory;
  private final Consumer<Format> prepare;

  /**
   * @param layout of each format's panels
   * @param memory where packed matrices of an arena live
   * @param prepare told each format before its first matrix is made
   */
  public PanelForms(
      Function<Format, Layout> layout, UnaryOperator<Arena> memory, Consumer<Format> prepare) {
    this.layout = Objects.requireNonNull(layout);
    this.memory = Objects.requireNonNull(memory);
    this.prepare = Objects.requireNonNull(prepare);
  }

  /**
   * All of the layout's fields, the dimensions of a panel, and a sum of what packing makes of a
   * small matrix here and now: a change that the fields do not tell, such as another order of bits,
   * makes another name without anybody having to think of it. {@link Packer#VERSION} is for what
   * even that does not show.
   */
  @Override
  public String name(Format format) {
    return "panels %d, %d rows, sections of %d, %s, probe %08x"
        .formatted(
            Packer.VERSION, Panels.ROWS, Layout.SECTION, layout.apply(format), probe(format));
  }

  /** The sum of a panel and a row, of a section and, where blocks are shorter, of some more. */
  private long probe(Format format) {
    int columns = Layout.SECTION + format.blockLength();
    int rows = Panels.ROWS + 1;
    byte[] bytes = new byte[Math.toIntExact(rows * format.rowBytes(columns))];
    int next = 1;
    for (int i = 0; i < bytes.length; i++) {
      next = next * 1_103_515_245 + 12_345;
      bytes[i] = (byte) (next >>> 16);
    }
    CRC32C sum = new CRC32C();
    try (Workers alone = new Workers(1);
        Arena arena = Arena.ofConfined()) {
      MemorySegment source = MemorySegment.ofArray(bytes);
      Panels packed =
          Packer.pack(format, layout.apply(format), rows, columns, source, arena, alone);
      sum.update(packed.data().asByteBuffer());
    }
    return sum.getValue();
  }

  @Override
  public long bytes(Format format, int rows, int columns) {
    Panels sizes = new Panels(format, rows, columns, layout.apply(format), MemorySegment.NULL);
    return Math.multiplyExact((long) sizes.panelBytes(), (long) sizes.panels());
  }

  @Override
  public MemorySegment bytes(Matrix matrix) {
    return ((Panels) matrix).data().asReadOnly();
  }

  @Override
  public MemorySegment reserve(long bytes, Arena arena) {
    return memory.apply(arena).allocate(bytes, ALIGNMENT);
  }

  @Override
  public Matrix matrix(Format format, int rows, int columns, MemorySegment bytes) {
    long expected = bytes(format, rows, columns);
    if (bytes.byteSize() != expected || (bytes.address() & (ALIGNMENT - 1)) != 0) {
      throw new IllegalArgumentException(
          "%s[%d, %d] has %d packed bytes at a multiple of %d, found %d at %d"
              .formatted(
                  format,
                  rows,
                  columns,
                  expected,
                  ALIGNMENT,
                  bytes.byteSize(),
                  bytes.address() & (ALIGNMENT - 1)));
    }
    prepare.accept(format);
    return new Panels(format, rows, columns, layout.apply(format), bytes);
  }
}
