package dev.tangram.engine.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.kernel.Format;
import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.PackedForms;
import dev.tangram.kernel.Selection;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of many chunks: matrices end inside of them, and each has its own checksum. */
class CopyChunksTest {
  private static final long SEED = 7;

  @TempDir private Path root;

  @Test
  void everyChunkIsReadAndChecked() throws Exception {
    try (Workers workers = new Workers(2);
        Arena arena = Arena.ofShared()) {
      Kernels kernels = Selection.choose("vector", workers).kernels();
      PackedForms forms = kernels.packedForms().orElseThrow();
      List<PackedMatrix> matrices = new ArrayList<>();
      Random random = new Random(SEED);
      for (int rows : new int[] {1, 3000, 33, 4000, 2}) {
        matrices.add(matrix(kernels, rows, random, arena));
      }
      CopyWriter writer = new CopyWriter(matrices, forms);
      Path file = root.resolve("copy");
      writer.write(writer.head("model\n"), file, Disk.REAL);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        CopyHead head = CopyReader.head(channel);
        head.checkPlaces(forms);
        assertThat(head.checks().length).isGreaterThan(4);
        MemorySegment data = CopyReader.data(channel, head, forms, arena);
        for (int i = 0; i < matrices.size(); i++) {
          MemorySegment bytes = forms.bytes(matrices.get(i).matrix());
          assertThat(data.asSlice(head.places()[i], bytes.byteSize()).mismatch(bytes))
              .isEqualTo(-1);
        }
        for (int chunk = 0; chunk < head.checks().length; chunk++) {
          long from = (long) chunk * CopyHead.CHUNK;
          long end = Math.min(from + CopyHead.CHUNK, head.dataBytes());
          for (long at : new long[] {from, end - 1}) {
            flip(channel, head.dataAt() + at);
            assertThatThrownBy(() -> CopyReader.data(channel, head, forms, arena))
                .isInstanceOf(BadCopyException.class)
                .hasMessageContaining(Long.toString(head.dataAt() + from));
            flip(channel, head.dataAt() + at);
          }
        }
      }
    }
  }

  private static PackedMatrix matrix(Kernels kernels, int rows, Random random, Arena arena) {
    int columns = 1056;
    byte[] bytes = new byte[Math.toIntExact(rows * Format.F32.rowBytes(columns))];
    random.nextBytes(bytes);
    return new PackedMatrix(
        "w" + rows,
        Format.F32,
        rows,
        columns,
        kernels.pack(Format.F32, rows, columns, MemorySegment.ofArray(bytes), arena));
  }

  private static void flip(FileChannel channel, long at) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    channel.read(one, at);
    one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
    channel.write(one, at);
  }
}
