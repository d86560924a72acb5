package dev.tangram.engine.file.gguf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tangram.engine.file.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** MF-6: files of another kind under the name of a model are told apart by what is in them. */
class ForeignContentTest {
  @TempDir Path folder;

  static Stream<Arguments> contents() throws IOException {
    return Stream.of(
        Arguments.of(
            "model.pt",
            zip(),
            "a ZIP archive (PyTorch checkpoints are such archives of Python pickles)"),
        Arguments.of(
            "model.pkl",
            latin("\200\2}q\0."),
            "a Python pickle, which is a program and is never run here"),
        Arguments.of("model.bin", latin("\200\4\225\20\0\0\0\0\0\0\0}\224."), "a Python pickle"),
        Arguments.of(
            "model.safetensors",
            latin("\50\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"F32\"}}"),
            "a safetensors file"),
        Arguments.of(
            "page.html", latin("<!DOCTYPE html><html><body>403</body></html>"), "an HTML page"),
        Arguments.of("page2.html", latin("\n <html lang=en>"), "an HTML page"),
        Arguments.of(
            "lfs",
            latin("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
            "a Git LFS pointer"),
        Arguments.of("config.json", latin("{\"model_type\": \"qwen2\"}"), "JSON text"),
        Arguments.of("notes.txt", "Grüße, Welt".getBytes(StandardCharsets.UTF_8), "text"),
        Arguments.of("program", latin("\177ELF\2\1\1\0"), "an ELF program"),
        Arguments.of("a.exe", latin("MZ\220\0\3"), "a Windows program"),
        Arguments.of("a.gz", gzip(), "a gzip archive"),
        Arguments.of("a.zst", latin("(\265/\375\4"), "a zstd archive"),
        Arguments.of("a.h5", latin("\211HDF\r\n\32\n"), "an HDF5 file"),
        Arguments.of("a.npy", latin("\223NUMPY\1\0"), "a NumPy array"),
        Arguments.of("a.ser", latin("\254\355\0\5sr"), "Java bytecode or a serialized Java object"),
        Arguments.of(
            "a.class",
            latin("\312\376\272\276\0\0\0E"),
            "Java bytecode or a serialized Java object"),
        Arguments.of("old.ggml", latin("lmgg\1\0\0\0"), "a file of GGML from before GGUF"),
        Arguments.of("swapped", latin("FUGG\0\0\0\3"), "a GGUF file with its bytes swapped"),
        Arguments.of("zero", new byte[4096], "zero bytes (an unfinished download?)"),
        Arguments.of("noise", latin("\1\2\3\4\5\6\7\10\11\12"), "bytes of no known kind"),
        Arguments.of("empty", new byte[0], "an empty file"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contents")
  void isRefusedByWhatItIs(String name, byte[] content, String kind) throws IOException {
    Path file = Files.write(folder.resolve(name + ".gguf"), content);
    assertThatThrownBy(() -> GgufFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(file + ": at byte 0: magic: found " + kind)
        .hasMessageEndingWith(", allowed: \"GGUF\"");
  }

  @Test
  void anArchiveBehindAModelIsRefused() throws IOException {
    ByteArrayOutputStream polyglot = new ByteArrayOutputStream();
    polyglot.writeBytes(RawGguf.header(1, 0).tensor("w", 0, 0, 8).pad(32).zeros(32).toBytes());
    polyglot.writeBytes(zip());
    Path file = Files.write(folder.resolve("polyglot.gguf"), polyglot.toByteArray());
    assertThatThrownBy(() -> GgufFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("end of file: found %d bytes after the last tensor", zip().length);
  }

  @Test
  void anArchiveBeforeAModelIsRefused() throws IOException {
    ByteArrayOutputStream polyglot = new ByteArrayOutputStream();
    polyglot.writeBytes(zip());
    polyglot.writeBytes(RawGguf.header(0, 0).toBytes());
    Path file = Files.write(folder.resolve("polyglot.gguf"), polyglot.toByteArray());
    assertThatThrownBy(() -> GgufFile.open(file)).hasMessageContaining("a ZIP archive");
  }

  @Test
  void anArchiveBetweenHeaderAndDataIsRefused() throws IOException {
    int length = (zip().length + 31) / 32 * 32;
    RawGguf raw =
        RawGguf.header(1, 0).tensor("w", 0, length, 8).pad(32).bytes(zip()).pad(32).zeros(32);
    Path file = Files.write(folder.resolve("polyglot.gguf"), raw.toBytes());
    assertThatThrownBy(() -> GgufFile.open(file)).hasMessageContaining("behind a gap");
  }

  private static byte[] zip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry("archive/data.pkl"));
      out.write(latin("\200\2cposix\nsystem\nq\0."));
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(1);
    }
    return bytes.toByteArray();
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
