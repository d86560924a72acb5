package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which GGUF file of a repository is meant. */
final class GgufChoice {
  /** What is taken when nobody says: good enough first, small enough second. */
  private static final List<String> PREFERRED =
      List.of(
          "Q4_K_M", "Q8_0", "Q4_K_S", "Q5_K_M", "Q4_0", "Q4_1", "Q6_K", "Q5_K_S", "Q5_0", "Q3_K_M",
          "IQ4_XS", "Q2_K", "BF16", "F16", "F32");

  private static final Pattern SPLIT = Pattern.compile("(?i).*-\\d{5}-of-\\d{5}\\.gguf");
  private static final Pattern QUANT =
      Pattern.compile("(?i)(?:^|[-._/])((?:UD-)?I?Q\\d(?:_[A-Z0-9]+)*|BF16|F16|F32)(?=$|[-._])");

  /**
   * A file of a listing.
   *
   * @param sha256 empty if the listing has none
   */
  record Candidate(String path, long bytes, String sha256) {}

  private GgufChoice() {}

  /**
   * Chooses.
   *
   * @param quant empty: by preference
   * @throws FetchException that lists what there is
   */
  static Candidate choose(List<Candidate> files, String quant) throws FetchException {
    List<Candidate> whole = new ArrayList<>();
    boolean split = false;
    for (Candidate file : files) {
      String name = file.path().substring(file.path().lastIndexOf('/') + 1);
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.endsWith(".gguf") || lower.startsWith("mmproj") || lower.contains("imatrix")) {
        continue;
      }
      if (SPLIT.matcher(name).matches()) {
        split = true;
      } else {
        whole.add(file);
      }
    }
    if (whole.isEmpty()) {
      throw refused(
          split ? "it has only GGUF files that are split in parts" : "it has no GGUF file");
    }
    Optional<Candidate> chosen = quant.isEmpty() ? preferred(whole) : named(whole, quant);
    return chosen.orElseThrow(() -> refused(unmatched(whole, quant)));
  }

  private static Optional<Candidate> named(List<Candidate> files, String quant) {
    return files.stream()
        .filter(
            file ->
                file.path().equals(quant)
                    || file.path().endsWith("/" + quant)
                    || quantOf(file.path()).equalsIgnoreCase(quant))
        .findFirst();
  }

  private static Optional<Candidate> preferred(List<Candidate> files) {
    for (String quant : PREFERRED) {
      Optional<Candidate> found = named(files, quant);
      if (found.isPresent()) {
        return found;
      }
    }
    return files.size() == 1 ? Optional.of(files.getFirst()) : Optional.empty();
  }

  /** The last quantization named in the file name; empty if there is none. */
  static String quantOf(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String stem = name.substring(0, Math.max(0, name.length() - ".gguf".length()));
    Matcher matcher = QUANT.matcher(stem);
    String quant = "";
    while (matcher.find()) {
      quant = matcher.group(1).toUpperCase(Locale.ROOT);
    }
    return quant;
  }

  private static String unmatched(List<Candidate> files, String quant) {
    TreeSet<String> names = new TreeSet<>();
    for (Candidate file : files) {
      String known = quantOf(file.path());
      names.add(known.isEmpty() ? file.path() : known);
    }
    String wanted = quant.isEmpty() ? "no usual quantization" : "no " + quant;
    return "it has " + wanted + "; it has " + String.join(", ", names);
  }

  private static FetchException refused(String line) {
    return new FetchException(Kind.REFUSED, line);
  }
}
