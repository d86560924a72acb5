package dev.tangram.fleet.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads YAML or JSON into {@link Node}s.
 *
 * <p>Refused, with their line: a name twice in one group, aliases (a few lines of them can mean
 * gigabytes), nesting deeper than {@value #DEPTH_MAX}, more than {@value #BYTES_MAX} bytes, a
 * second document.
 */
public final class Tree {
  static final int DEPTH_MAX = 32;
  static final int BYTES_MAX = 4 << 20;
  private static final JsonFactory JSON = new JsonFactory();

  private final String file;
  private final JsonParser parser;
  private final int lineFirst;

  private Tree(String file, JsonParser parser, int lineFirst) {
    this.file = file;
    this.parser = parser;
    this.lineFirst = lineFirst;
  }

  /** Reads a file; one that ends in {@code .json} is JSON, every other is YAML. */
  public static Fields read(Path path) throws IOException {
    return read(path.toString(), TextFile.read(path, BYTES_MAX));
  }

  /**
   * Reads a text.
   *
   * @param file name for messages; its ending tells the format
   */
  public static Fields read(String file, String text) {
    boolean json = file.endsWith(".json");
    return read(file, json ? JSON : new YAMLFactory(), json ? "JSON" : "YAML", 1, text);
  }

  /** Reads one line of a file of JSON lines. */
  static Fields line(String file, int number, String text) {
    return read(file, JSON, "JSON", number, text);
  }

  private static Fields read(
      String file, JsonFactory factory, String format, int lineFirst, String text) {
    try (JsonParser parser = factory.createParser(text)) {
      return new Tree(file, parser, lineFirst).document();
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      int line = lineFirst - 1 + (at == null ? 1 : Math.max(1, at.getLineNr()));
      String problem = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new FleetFormatException(file, line, "", "broken " + format, "see: " + problem);
    } catch (IOException e) {
      // A text in memory has no other failures.
      throw new UncheckedIOException(e);
    }
  }

  private Fields document() throws IOException {
    if (parser.nextToken() == null) {
      throw new FleetFormatException(file, lineFirst, "", "nothing", "a group of fields");
    }
    Node root = node("", 0);
    if (parser.nextToken() != null) {
      throw new FleetFormatException(file, line(), "", "a second document", "one document");
    }
    if (!(root instanceof Node.Mapping mapping)) {
      throw new FleetFormatException(file, root.line(), "", root.found(), "a group of fields");
    }
    return new Fields(file, "", mapping);
  }

  private Node node(String path, int depth) throws IOException {
    int line = line();
    if (depth > DEPTH_MAX) {
      throw new FleetFormatException(
          file, line, path, "nesting deeper than " + DEPTH_MAX, "at most " + DEPTH_MAX);
    }
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw new FleetFormatException(
          file, line, path, "the alias *" + parser.getText(), "the value itself");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(path, depth, line);
      case START_ARRAY -> sequence(path, depth, line);
      default ->
          new Node.Scalar(parser.getText(), parser.currentToken() == JsonToken.VALUE_NULL, line);
    };
  }

  private Node mapping(String path, int depth, int line) throws IOException {
    Map<String, Node.Field> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      int at = line();
      String child = path.isEmpty() ? name : path + "." + name;
      Node.Field before = fields.get(name);
      if (before != null) {
        throw new FleetFormatException(
            file,
            at,
            child,
            "the name a second time",
            "once; the first is on line " + before.line());
      }
      parser.nextToken();
      fields.put(name, new Node.Field(at, node(child, depth + 1)));
    }
    return new Node.Mapping(fields, line);
  }

  private Node sequence(String path, int depth, int line) throws IOException {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(path + "[" + items.size() + "]", depth + 1));
    }
    return new Node.Sequence(items, line);
  }

  private int line() {
    return lineFirst - 1 + Math.max(1, parser.currentTokenLocation().getLineNr());
  }
}
