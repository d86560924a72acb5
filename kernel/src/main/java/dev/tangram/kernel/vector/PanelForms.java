package dev.tangram.kernel.vector;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.PackedForms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Panels as bytes; the same for every tier that multiplies panels. */
public final class PanelForms implements PackedForms {
  private final UnaryOperator<Arena> memory;
  private final Consumer<Format> prepare;

  /**
   * @param memory where packed matrices of an arena live
   * @param prepare told each format before its first matrix is made
   */
  public PanelForms(UnaryOperator<Arena> memory, Consumer<Format> prepare) {
    this.memory = Objects.requireNonNull(memory);
    this.prepare = Objects.requireNonNull(prepare);
  }

  /**
   * All of the layout's fields, the dimensions of a panel, and {@link Packer#VERSION} for what
   * these do not say.
   */
  @Override
  public String name(Format format) {
    return "panels %d, %d rows, sections of %d, %s"
        .formatted(Packer.VERSION, Panels.ROWS, Layout.SECTION, Layout.of(format));
  }

  @Override
  public long bytes(Format format, int rows, int columns) {
    Panels sizes = new Panels(format, rows, columns, Layout.of(format), MemorySegment.NULL);
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
    return new Panels(format, rows, columns, Layout.of(format), bytes);
  }
}
