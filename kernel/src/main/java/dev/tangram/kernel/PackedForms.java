package dev.tangram.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The bytes that {@link Kernels#pack} makes of matrices, for those who keep them: packing reads a
 * whole model and costs seconds, reading back what it made does not.
 *
 * <p>Threads: any.
 */
public interface PackedForms {
  /** Where a matrix's bytes must begin: at a multiple of this. */
  int ALIGNMENT = 64;

  /**
   * Names the form in which matrices of a format are packed: two versions or tiers that give equal
   * names make equal bytes of equal matrices.
   */
  String name(Format format);

  /** Size of a packed matrix. */
  long bytes(Format format, int rows, int columns);

  /** The bytes of a matrix that these kernels packed, read-only, as long as its arena lives. */
  MemorySegment bytes(Matrix matrix);

  /**
   * Memory of the kind that packed matrices live in, zeroed, {@link #ALIGNMENT aligned}; it takes
   * room once it is written to.
   */
  MemorySegment reserve(long bytes, Arena arena);

  /**
   * A matrix over bytes that {@link #bytes(Matrix)} once gave for the same format, rows and
   * columns, under the same {@link #name}. They are believed.
   *
   * @throws IllegalArgumentException if size or alignment do not fit
   */
  Matrix matrix(Format format, int rows, int columns, MemorySegment bytes);
}
