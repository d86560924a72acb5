package dev.tangram.kernel.machine.x86;

import dev.tangram.kernel.machine.Isa;
import dev.tangram.kernel.machine.Pairs;
import dev.tangram.kernel.machine.PanelWriter;
import dev.tangram.kernel.vector.Layout;
import java.util.Optional;

/**
 * Functions for an x86-64 processor, with the System V calling convention: see {@link PanelCode}.
 *
 * @param pairs how integers are multiplied; null if they are not
 */
public record X86Code(Isa isa, Pairs pairs) implements PanelWriter {
  @Override
  public byte[] floats(Layout layout, int tokens) {
    return ProductCode.write(isa, layout, tokens);
  }

  @Override
  public byte[] integers(Layout layout, int tokens) {
    return IntegerCode.write(isa, pairs, layout, tokens);
  }

  @Override
  public Optional<byte[]> cells(Layout layout) {
    return Optional.of(CellCode.write(isa, layout));
  }
}
