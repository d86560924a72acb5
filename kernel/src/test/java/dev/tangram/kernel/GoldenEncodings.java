package dev.tangram.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** How the GNU assembler encodes instructions, from the {@code encodings.txt.gz} beside a test. */
public final class GoldenEncodings {
  private GoldenEncodings() {}

  /** Bytes in hexadecimal by the instruction's text. */
  public static Map<String, String> beside(Class<?> test) throws IOException {
    Map<String, String> golden = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(test.getResourceAsStream("encodings.txt.gz")),
                StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] parts = line.split("\t");
        golden.put(parts[1], parts[0]);
      }
    }
    return golden;
  }
}
