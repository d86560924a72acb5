package dev.tangram.kernel.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Memory for packed matrices in pages of 2 MiB where the system has them: the hardware fetches
 * ahead within a page only, and reads a stream half again as fast in large ones. Matrices of one
 * arena share slabs, so that the odd ends of pages are not wasted.
 *
 * <p>Threads: any.
 */
final class HugePages {
  private static final long PAGE = 2 << 20;
  private static final long SLAB = 64 << 20;

  /** Smaller matrices come from their arena as they are. */
  private static final long BYTES_MIN = 256 << 10;

  private static final long ALIGNMENT = 64;

  private final Map<Arena, MemorySegment> rests = new WeakHashMap<>();

  /** An arena that ends with the given one and hands out large pages. */
  Arena in(Arena arena) {
    return new Arena() {
      @Override
      public MemorySegment allocate(long bytes, long alignment) {
        return bytes < BYTES_MIN || alignment > ALIGNMENT
            ? arena.allocate(bytes, alignment)
            : carve(arena, bytes);
      }

      @Override
      public MemorySegment.Scope scope() {
        return arena.scope();
      }

      @Override
      public void close() {
        throw new UnsupportedOperationException("the arena behind this one is to be closed");
      }
    };
  }

  private synchronized MemorySegment carve(Arena arena, long bytes) {
    MemorySegment rest = rests.get(arena);
    if (rest == null || rest.byteSize() < bytes) {
      try {
        rest = slab(arena, Math.max(bytes, SLAB));
      } catch (UnsupportedOperationException e) {
        return arena.allocate(bytes, ALIGNMENT);
      }
    }
    rests.put(arena, rest.asSlice(Math.min(rest.byteSize(), -(-bytes & -ALIGNMENT))));
    return rest.asSlice(0, bytes);
  }

  private static MemorySegment slab(Arena arena, long bytes) {
    MemorySegment mapped = LinuxMemory.map(bytes + 2 * PAGE, arena);
    MemorySegment aligned = mapped.asSlice(-mapped.address() & (PAGE - 1));
    MemorySegment slab = aligned.asSlice(0, aligned.byteSize() & -PAGE);
    LinuxMemory.adviseHugePages(slab);
    return slab;
  }
}
