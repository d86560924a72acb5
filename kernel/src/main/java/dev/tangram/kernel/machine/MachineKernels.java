package dev.tangram.kernel.machine;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Matrix;
import dev.tangram.kernel.PackedForms;
import dev.tangram.kernel.Workers;
import dev.tangram.kernel.vector.PanelForms;
import dev.tangram.kernel.vector.VectorKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The machine tier: products by code written for this processor, all else by the vector tier. With
 * float activations its results are the vector tier's, bit for bit; with 16-bit ones they are those
 * of exact integers, and as independent of the batch.
 */
public final class MachineKernels extends VectorKernels {
  private final MachineCode code;
  private final HugePages pages = new HugePages();

  /** Kernels that share the process's code. */
  public MachineKernels(Workers workers, MachineCode code) {
    super(workers, code.products(), code.reader());
    this.code = code;
  }

  @Override
  public String tier() {
    return "machine";
  }

  @Override
  public int widthBits() {
    return code.products().isa().widthBits();
  }

  @Override
  public Matrix pack(Format format, int rows, int columns, MemorySegment source, Arena arena) {
    code.products().prepare(format);
    return super.pack(format, rows, columns, source, pages.in(arena));
  }

  @Override
  public Optional<PackedForms> packedForms() {
    MachineProducts products = code.products();
    return Optional.of(new PanelForms(products::layout, pages::in, products::prepare));
  }
}
