package dev.tangram.engine.quantize;

import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.Tensor;
import dev.tangram.engine.file.gguf.GgufMetadata;
import dev.tangram.engine.file.gguf.GgufWriter;
import dev.tangram.kernel.Format;
import dev.tangram.kernel.Workers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Writes a model anew with the types of a {@link Mix}, as a GGUF file. Tensors stream through: a few
 * million weights are in memory at a time (where a checkpoint's tensor has to be reordered, that
 * tensor), so a model may be larger than the machine.
 *
 * <p>Threads: one, and the workers.
 */
public final class Quantization {
  /** What readers check to know the blocks' layouts; 2 since 2023. */
  private static final int QUANTIZATION_VERSION = 2;

  private final ModelFile source;
  private final Mix mix;
  private final Map<String, Format> formats;
  private final LongConsumer progress;
  private long bytesRead;

  private Quantization(ModelFile source, Mix mix, LongConsumer progress) {
    this.source = source;
    this.mix = mix;
    this.formats = TensorMix.of(source, mix);
    this.progress = progress;
  }

  /**
   * Writes {@code target}, which appears whole or not at all.
   *
   * @param target must not exist; its folder must
   * @param requantize whether weights that were rounded once may be rounded again
   * @param progress told the bytes of weights read so far
   * @throws QuantizeException if that is not possible or not allowed; nothing was changed
   * @throws dev.tangram.engine.file.ModelFormatException if a weight is not finite
   */
  public static Rewritten run(
      ModelFile source,
      Path target,
      Mix mix,
      boolean requantize,
      Workers workers,
      LongConsumer progress) {
    Quantization work = new Quantization(source, mix, progress);
    if (!requantize) {
      work.refuseQuantized();
    }
    long weightBytes = work.weightBytes();
    try (WholeFile file = WholeFile.begin(target, weightBytes)) {
      work.write(file, workers);
      file.finish();
      return new Rewritten(
          target,
          work.total(),
          file.bytes(),
          weightBytes,
          source.tensors().values().stream().mapToLong(Tensor::elements).sum(),
          work.fallbacks());
    } catch (IOException e) {
      throw new QuantizeException(
          "%s cannot be written: %s".formatted(target, WholeFile.reason(e)), e);
    } catch (InternalError e) {
      // What reading a mapped page beyond the end of a file throws, once that file was cut.
      throw new QuantizeException(
          "the file %s became shorter while it was being read".formatted(source.path()), e);
    }
  }

  /** Bytes of weights that {@link #run} will read of a file. */
  public static long bytes(ModelFile source) {
    return source.tensors().values().stream().mapToLong(Tensor::bytes).sum();
  }

  private long total() {
    return bytes(source);
  }

  private void refuseQuantized() {
    for (Tensor tensor : source.tensors().values()) {
      Format to = formats.get(tensor.name());
      if (to != tensor.format() && tensor.format().blockLength() > 1) {
        throw new QuantizeException(
            "%s: tensor %s is %s already, and rounding it again to %s loses more than rounding once;"
                .formatted(source.path(), tensor.name(), tensor.format(), to)
                + " quantize the original, or allow it with --allow-requantize");
      }
    }
  }

  private long weightBytes() {
    long bytes = 0;
    for (Tensor tensor : source.tensors().values()) {
      bytes += bytes(tensor, formats.get(tensor.name()));
    }
    return bytes;
  }

  private static long bytes(Tensor tensor, Format format) {
    return tensor.elements() / format.blockLength() * format.blockBytes();
  }

  /** Tensors that took a type of smaller blocks, or halves, because of their rows' length. */
  private int fallbacks() {
    int count = 0;
    for (Tensor tensor : source.tensors().values()) {
      if (mix.isQuantized()
          && TensorRole.mayChange(tensor)
          && tensor.shape().getFirst() % mix.format().blockLength() != 0) {
        count++;
      }
    }
    return count;
  }

  private void write(WholeFile file, Workers workers) throws IOException {
    GgufMetadata metadata =
        switch (source.metadata()) {
          case GgufMetadata pairs -> pairs;
          default ->
              throw new QuantizeException(source.path() + " has no pairs that a GGUF file can keep");
        };
    GgufWriter out = new GgufWriter(file.channel());
    out.metadata(metadata)
        .integer("general.quantization_version", QUANTIZATION_VERSION)
        .integer("general.file_type", mix.fileType());
    for (Tensor tensor : source.tensors().values()) {
      long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
      out.tensor(tensor.name(), formats.get(tensor.name()), shape);
    }
    try (RowConverter converter = new RowConverter(source.path().toString(), workers)) {
      for (Tensor tensor : source.tensors().values()) {
        tensor(tensor, converter, out);
      }
    }
    // Only a whole file is closed as one: closing checks that every tensor has its bytes.
    out.close();
  }

  /** A stack is read one matrix at a time: a file may keep them apart. */
  private void tensor(Tensor tensor, RowConverter converter, GgufWriter out) throws IOException {
    if (tensor.shape().size() != 3) {
      rows(tensor, source.data(tensor), 0, converter, out);
      return;
    }
    long each = tensor.shape().get(1);
    for (int i = 0; i < tensor.shape().get(2); i++) {
      rows(tensor, source.slice(tensor, i), i * each, converter, out);
    }
  }

  private void rows(
      Tensor tensor, MemorySegment data, long first, RowConverter converter, GgufWriter out)
      throws IOException {
    Format to = formats.get(tensor.name());
    if (to == tensor.format() && to.blockLength() > 1) {
      out.data(data);
      read(data.byteSize());
      return;
    }
    long rows = data.byteSize() / tensor.format().rowBytes(Math.toIntExact(tensor.shape().get(0)));
    converter.convert(
        tensor,
        data,
        first,
        rows,
        to,
        (piece, bytes) -> {
          out.data(piece);
          read(bytes);
        });
  }

  private void read(long bytes) {
    bytesRead += bytes;
    progress.accept(bytesRead);
  }
}
