package dev.tangram.server.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tangram.server.store.catalogue.CatalogueFile;
import dev.tangram.server.store.fetch.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each name stands for: {@code manifests/SLUG-HASH.json}, one small file per name. The hash
 * keeps names apart that a file system would not (case, special characters, length).
 */
final class Manifests {
  private static final Logger LOG = LoggerFactory.getLogger(Manifests.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int SCHEMA = 1;
  private static final long BYTES_MAX = 256 << 10;

  private final Path folder;
  private final Blobs blobs;
  private final Folders folders;

  Manifests(Path root, Blobs blobs, Folders folders) {
    this.folder = root.resolve("manifests");
    this.blobs = blobs;
    this.folders = folders;
  }

  Path folder() {
    return folder;
  }

  /** All names whose file is present, by name; broken manifests are logged and left out. */
  List<StoredModel> list() throws IOException {
    List<StoredModel> models = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return models;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        read(file).filter(m -> path(m.name()).equals(file)).ifPresent(models::add);
      }
    }
    models.sort(Comparator.comparing(StoredModel::name));
    return models;
  }

  Optional<StoredModel> find(String name) throws IOException {
    return read(path(name)).filter(model -> model.name().equals(name));
  }

  void write(StoredModel model) throws IOException {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("schema", SCHEMA);
    json.put("name", model.name());
    json.put("sha256", model.sha256());
    json.put("bytes", model.bytes());
    json.put("source", model.source());
    json.put("license", model.license());
    json.put("licenseUrl", model.licenseUrl());
    json.put("pulled", model.pulled().toString());
    if (!model.files().isEmpty()) {
      ArrayNode files = json.putArray("files");
      for (CatalogueFile file : model.files()) {
        ObjectNode one = files.addObject();
        one.put("name", file.name());
        one.put("sha256", file.sha256());
        one.put("bytes", file.bytes());
      }
    }
    byte[] text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    DurableFiles.write(path(model.name()), text);
  }

  boolean delete(String name) throws IOException {
    return Files.deleteIfExists(path(name));
  }

  private Path path(String name) {
    String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "_");
    String hash = Sha256.hex(name.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    String start = slug.substring(0, Math.min(60, slug.length()));
    return folder.resolve(start + "-" + hash + ".json");
  }

  private Optional<StoredModel> read(Path file) throws IOException {
    byte[] text;
    try {
      if (Files.size(file) > BYTES_MAX) {
        return broken(file, "it is too large");
      }
      text = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    JsonNode json;
    try {
      json = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return broken(file, "it is no JSON");
    }
    if (json.path("schema").asInt(-1) != SCHEMA) {
      return broken(file, "its schema is not " + SCHEMA);
    }
    String sha256 = json.path("sha256").asText();
    long bytes = json.path("bytes").asLong(-1);
    if (!Sha256.isHex(sha256) || bytes < 1) {
      return broken(file, "its sha256 or bytes are wrong");
    }
    List<CatalogueFile> files;
    try {
      files = files(json.path("files"));
    } catch (IllegalArgumentException e) {
      return broken(file, e.getMessage());
    }
    if (!files.isEmpty() && !CatalogueFile.digest(files).equals(sha256)) {
      return broken(file, "its sha256 is not that of its files");
    }
    Optional<Path> blob = files.isEmpty() ? blobs.find(sha256, bytes) : folder(files);
    if (blob.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new StoredModel(
              json.path("name").asText(),
              blob.get(),
              bytes,
              sha256,
              json.path("source").asText(),
              json.path("license").asText(),
              json.path("licenseUrl").asText(),
              Instant.parse(json.path("pulled").asText()),
              files));
    } catch (DateTimeParseException e) {
      return broken(file, "its date is wrong");
    }
  }

  private Optional<Path> folder(List<CatalogueFile> files) throws IOException {
    return blobs.haveAll(files) ? Optional.of(folders.view(files)) : Optional.empty();
  }

  private static List<CatalogueFile> files(JsonNode list) {
    if (list.size() > CatalogueFile.COUNT_MAX) {
      throw new IllegalArgumentException("it has " + list.size() + " files");
    }
    List<CatalogueFile> files = new ArrayList<>();
    for (JsonNode one : list) {
      files.add(
          new CatalogueFile(
              one.path("name").asText(),
              one.path("bytes").asLong(-1),
              one.path("sha256").asText()));
    }
    return files;
  }

  private static Optional<StoredModel> broken(Path file, String why) {
    LOG.warn("The manifest {} is ignored: {}", file, why);
    return Optional.empty();
  }
}
