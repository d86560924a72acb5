package dev.tangram.server.store.source;

import dev.tangram.server.store.fetch.Credentials;
import dev.tangram.server.store.fetch.FetchException;
import dev.tangram.server.store.fetch.FetchException.Kind;
import dev.tangram.server.store.fetch.RemoteFile;
import dev.tangram.server.store.source.GgufChoice.Candidate;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files of a repository are meant: one GGUF file, or, where there is none, the safetensors
 * checkpoint with all that belongs to it.
 */
final class CheckpointChoice {
  /** Asks for the checkpoint where a repository has GGUF files too. */
  static final String QUANT = "SAFETENSORS";

  private static final String CONFIG = "config.json";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final Set<String> BESIDE =
      Set.of(
          CONFIG,
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "chat_template.jinja",
          // What sentence-transformers writes beside an embedding model.
          "modules.json",
          "sentence_bert_config.json",
          "1_Pooling/config.json",
          INDEX);

  /** What the index may name: nothing that leads out of a folder. */
  private static final Pattern WEIGHTS =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,200}\\.safetensors");

  /** Where a file of the repository is. */
  @FunctionalInterface
  interface Place {
    URI of(Candidate file) throws FetchException;
  }

  private CheckpointChoice() {}

  /**
   * What is meant, located.
   *
   * @param license empty if the source does not say
   */
  static Location locate(
      List<Candidate> files,
      String quant,
      Place place,
      Credentials credentials,
      String license,
      String licenseUrl)
      throws FetchException {
    if (!isMeant(files, quant)) {
      Candidate file = GgufChoice.choose(files, quant);
      RemoteFile remote = remote(file, place, credentials);
      return new Located(
          List.of(new Piece(remote, "")), file.bytes(), file.sha256(), license, licenseUrl);
    }
    List<Candidate> chosen = choose(files);
    List<LocatedFolder.File> found = new ArrayList<>();
    for (Candidate file : chosen) {
      Piece piece = new Piece(remote(file, place, credentials), "");
      Located one = new Located(List.of(piece), file.bytes(), file.sha256(), "", "");
      found.add(new LocatedFolder.File(file.path(), one));
    }
    return new LocatedFolder(found, license, licenseUrl);
  }

  private static RemoteFile remote(Candidate file, Place place, Credentials credentials)
      throws FetchException {
    return new RemoteFile(place.of(file), credentials, file.bytes(), file.sha256(), "");
  }

  private static boolean isMeant(List<Candidate> files, String quant) {
    boolean gguf =
        files.stream().anyMatch(f -> f.path().toLowerCase(Locale.ROOT).endsWith(".gguf"));
    boolean weights = files.stream().anyMatch(f -> WEIGHTS.matcher(f.path()).matches());
    return quant.equals(QUANT) || quant.isEmpty() && !gguf && weights;
  }

  /**
   * The checkpoint's files, all of the repository's own folder.
   *
   * @throws FetchException that says what is missing
   */
  static List<Candidate> choose(List<Candidate> files) throws FetchException {
    boolean config = false;
    boolean index = false;
    boolean single = false;
    for (Candidate file : files) {
      config |= file.path().equals(CONFIG);
      index |= file.path().equals(INDEX);
      single |= file.path().equals(SINGLE);
    }
    List<Candidate> chosen = new ArrayList<>();
    Set<String> digests = new HashSet<>();
    for (Candidate file : files) {
      boolean weights =
          single ? file.path().equals(SINGLE) : WEIGHTS.matcher(file.path()).matches();
      boolean beside = BESIDE.contains(file.path()) && !(single && file.path().equals(INDEX));
      if (file.bytes() != 0 && (weights || beside)) {
        if (!file.sha256().isEmpty() && !digests.add(file.sha256())) {
          throw new FetchException(
              Kind.REFUSED, "its listing gives two files the digest of " + file.path());
        }
        chosen.add(file);
      }
    }
    if (!config || !single && !index) {
      throw new FetchException(
          Kind.REFUSED,
          "it has no GGUF file and no checkpoint: %s is missing"
              .formatted(!config ? CONFIG : SINGLE + " or " + INDEX));
    }
    return chosen;
  }
}
