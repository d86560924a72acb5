package dev.tangram.server.store.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tangram.server.store.catalogue.CatalogueSource.Hub;
import dev.tangram.server.store.catalogue.CatalogueSource.Packages;
import dev.tangram.server.store.catalogue.CatalogueSource.Part;
import dev.tangram.server.store.catalogue.CatalogueSource.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** From JSON to entries; refuses what is missing or odd with file, entry and field. */
final class CatalogueReader {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}";
  private static final String REPO =
      "[A-Za-z0-9_][A-Za-z0-9._-]{0,95}/[A-Za-z0-9_][A-Za-z0-9._-]{0,95}";
  private static final String PATH = CatalogueFile.NAME;
  private static final Map<String, Pattern> FORMS = new ConcurrentHashMap<>();
  private static final int PARTS_MAX = 1000;

  private final String file;

  CatalogueReader(String file) {
    this.file = file;
  }

  List<CatalogueEntry> read(byte[] json) throws CatalogueException {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (IOException e) {
      throw new CatalogueException(file, e);
    }
    if (root == null || !root.isObject()) {
      throw wrong("its top", "must be an object");
    }
    if (root.path("schema").asInt(-1) != 1) {
      throw wrong("schema", "is " + root.path("schema") + ", must be 1");
    }
    List<CatalogueEntry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    JsonNode models = array(root, "models", "models");
    for (int i = 0; i < models.size(); i++) {
      CatalogueEntry entry = entry(models.get(i), "models[" + i + "]");
      if (!names.add(entry.reference())) {
        throw wrong("models[" + i + "]", "repeats " + entry.reference());
      }
      entries.add(entry);
    }
    return entries;
  }

  private CatalogueEntry entry(JsonNode node, String index) throws CatalogueException {
    String name = text(node, "name", index, NAME);
    String tag = text(node, "tag", index + " (" + name + ")", NAME);
    String where = index + " (" + name + ":" + tag + ")";
    boolean folder = node.has("files");
    List<CatalogueFile> files = folder ? files(node, where) : List.of();
    JsonNode pinned = node.path("file");
    String inFile = where + " file";
    JsonNode list = array(node, "sources", where + " sources");
    List<CatalogueSource> sources = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      sources.add(source(list.get(i), where + " sources[" + i + "]", folder));
    }
    return new CatalogueEntry(
        name,
        tag,
        flag(node, "default", where),
        text(node, "title", where, ".{1,200}"),
        text(node, "family", where, ".{1,64}"),
        text(node, "parameters", where, ".{1,16}"),
        text(node, "quantization", where, ".{1,32}"),
        text(node, "license", where, ".{1,64}"),
        text(node, "licenseUrl", where, "https://\\S{1,500}"),
        (int) number(node, "context", where, Integer.MAX_VALUE),
        folder ? "" : text(pinned, "name", inFile, PATH),
        folder ? CatalogueFile.bytes(files) : number(pinned, "bytes", inFile, Long.MAX_VALUE / 4),
        folder ? CatalogueFile.digest(files) : text(pinned, "sha256", inFile, "[0-9a-f]{64}"),
        files,
        sources);
  }

  private List<CatalogueFile> files(JsonNode node, String where) throws CatalogueException {
    JsonNode list = array(node, "files", where + " files");
    if (list.size() > CatalogueFile.COUNT_MAX || node.has("file")) {
      throw wrong(where + " files", "must be at most " + CatalogueFile.COUNT_MAX + ", or one file");
    }
    List<CatalogueFile> files = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      String at = where + " files[" + i + "]";
      JsonNode file = list.get(i);
      String name = text(file, "name", at, PATH);
      if (!names.add(name)) {
        throw wrong(at, "repeats " + name);
      }
      files.add(
          new CatalogueFile(
              name,
              number(file, "bytes", at, Long.MAX_VALUE / 4 / CatalogueFile.COUNT_MAX),
              text(file, "sha256", at, "[0-9a-f]{64}")));
    }
    return files;
  }

  private CatalogueSource source(JsonNode node, String where, boolean folder)
      throws CatalogueException {
    String type = text(node, "type", where, "hub|mirror|modelscope|packages");
    return switch (type) {
      case "hub" -> repository(Hub.HUB, node, where, folder);
      case "mirror" -> repository(Hub.MIRROR, node, where, folder);
      case "modelscope" -> repository(Hub.MODELSCOPE, node, where, folder);
      default -> packages(node, where, folder);
    };
  }

  private Repository repository(Hub hub, JsonNode node, String where, boolean folder)
      throws CatalogueException {
    String usual = hub == Hub.MODELSCOPE ? "master" : "main";
    String revision =
        node.has("revision")
            ? text(node, "revision", where, "[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
            : usual;
    return new Repository(
        hub,
        text(node, "repo", where, REPO),
        revision,
        folder ? "" : text(node, "file", where, PATH));
  }

  private Packages packages(JsonNode node, String where, boolean folder) throws CatalogueException {
    JsonNode list = array(node, "parts", where + " parts");
    int partsMax = folder ? 1 : PARTS_MAX;
    if (list.size() > partsMax) {
      throw wrong(where + " parts", "has " + list.size() + " parts, at most " + partsMax);
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String at = where + " parts[" + i + "]";
      parts.add(
          new Part(
              text(list.get(i), "package", at, "[a-z0-9]([a-z0-9-]{0,126}[a-z0-9])?"),
              text(list.get(i), "version", at, "[A-Za-z0-9.+!_-]{1,64}"),
              text(list.get(i), "member", at, PATH)));
    }
    return new Packages(parts);
  }

  private JsonNode array(JsonNode node, String field, String where) throws CatalogueException {
    JsonNode value = node.path(field);
    if (!value.isArray() || value.isEmpty()) {
      throw wrong(where, "must be a list with at least one element");
    }
    return value;
  }

  private String text(JsonNode node, String field, String where, String form)
      throws CatalogueException {
    JsonNode value = node.path(field);
    if (!value.isTextual()
        || !FORMS.computeIfAbsent(form, Pattern::compile).matcher(value.textValue()).matches()
        || value.textValue().contains("..")) {
      throw wrong(where + " " + field, found(value) + ", must match " + form);
    }
    return value.textValue();
  }

  private long number(JsonNode node, String field, String where, long max)
      throws CatalogueException {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 1
        || value.longValue() > max) {
      throw wrong(where + " " + field, found(value) + ", must be an integer from 1 to " + max);
    }
    return value.longValue();
  }

  private boolean flag(JsonNode node, String field, String where) throws CatalogueException {
    JsonNode value = node.path(field);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw wrong(where + " " + field, found(value) + ", must be true or false");
    }
    return value.asBoolean(false);
  }

  private static String found(JsonNode value) {
    if (value.isMissingNode()) {
      return "it is missing";
    }
    String text = value.toString();
    return "it is " + (text.length() > 80 ? text.substring(0, 80) + "..." : text);
  }

  private CatalogueException wrong(String where, String problem) {
    return new CatalogueException(file, where, problem);
  }
}
