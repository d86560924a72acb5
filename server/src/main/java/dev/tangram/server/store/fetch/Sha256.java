package dev.tangram.server.store.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256 as 64 lower-case hex digits: the only form in which the store writes or accepts it. */
public final class Sha256 {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private Sha256() {}

  /** A new digest; every Java runtime has it. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java runtime lacks SHA-256", e);
    }
  }

  /** Of bytes in memory. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /** Ends a digest. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Whether a text is a digest, and so can be part of a path. */
  public static boolean isHex(String text) {
    return text != null && HEX.matcher(text).matches();
  }

  /** Of a file; stops when the thread is interrupted. */
  public static String of(Path file) throws IOException, InterruptedException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 18];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while computing a digest");
        }
        digest.update(buffer, 0, n);
      }
    }
    return hex(digest);
  }
}
