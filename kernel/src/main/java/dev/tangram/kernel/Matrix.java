package dev.tangram.kernel;

/**
 * An immutable weight matrix W[N, D] packed for one kernel tier. Only the {@link Kernels} that
 * packed it may read it. Its memory belongs to the arena it was packed into; reading it after that
 * arena closed throws.
 */
public interface Matrix {
  /** The format the matrix had in its file. */
  Format format();

  /** N: output features. */
  int rows();

  /** D: input features. */
  int columns();

  /** Bytes this tier holds for the matrix, off-heap. */
  long bytes();
}
