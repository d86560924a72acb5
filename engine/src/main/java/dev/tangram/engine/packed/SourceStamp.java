package dev.tangram.engine.packed;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What tells whether a model's files are the ones that a copy was made of, without reading them.
 *
 * <p>Per file: path, size, inode, time of the last change to its bytes, and time of the last change
 * of any kind. The last is set by the system whenever bytes, size, times, permissions or links
 * change, and no program can set it back; so a file that was overwritten in place, even with its
 * old modification time restored, has another stamp, as has one that was put in the old one's
 * place. Systems without that time and without inodes (Windows) are left with path, size and
 * modification time.
 *
 * @param text as copies hold it; the first line is the model's path
 * @param changedMillis when any of the files last changed, in milliseconds since 1970
 */
record SourceStamp(String text, long changedMillis) {
  /** More than a checkpoint in a folder has; one with more gets no copy. */
  private static final int FILES_MAX = 1000;

  private static final int DEPTH_MAX = 3;

  /**
   * Looks at a model's files now.
   *
   * @param model a file, or the folder of a checkpoint
   * @throws IOException if they cannot be looked at, or are too many
   */
  static SourceStamp of(Path model) throws IOException {
    Path real = model.toRealPath();
    StringBuilder text = new StringBuilder(real.toString()).append('\n');
    long changed = 0;
    for (Path file : files(real)) {
      changed = Math.max(changed, append(text, real, file));
    }
    return new SourceStamp(text.toString(), changed);
  }

  /** The path that a stamp begins with. */
  static Path source(String text) {
    return Path.of(text.substring(0, text.indexOf('\n')));
  }

  private static List<Path> files(Path real) throws IOException {
    if (!Files.isDirectory(real)) {
      return List.of(real);
    }
    try (Stream<Path> all = Files.walk(real, DEPTH_MAX, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().limit(FILES_MAX + 1L).toList();
      if (files.size() > FILES_MAX) {
        throw new IOException(
            "%s has more than %d files, which is too many for one model"
                .formatted(real, FILES_MAX));
      }
      return files;
    }
  }

  private static long append(StringBuilder text, Path root, Path file) throws IOException {
    boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    Map<String, Object> found =
        Files.readAttributes(file, unix ? "unix:size,lastModifiedTime,ctime,ino" : "*");
    FileTime modified = (FileTime) found.get("lastModifiedTime");
    FileTime changed = unix ? (FileTime) found.get("ctime") : modified;
    text.append(root.relativize(file))
        .append(' ')
        .append(found.get("size"))
        .append(' ')
        .append(modified.to(TimeUnit.NANOSECONDS))
        .append(' ')
        .append(changed.to(TimeUnit.NANOSECONDS))
        .append(' ')
        .append(unix ? found.get("ino") : 0)
        .append('\n');
    return Math.max(modified.toMillis(), changed.toMillis());
  }
}
