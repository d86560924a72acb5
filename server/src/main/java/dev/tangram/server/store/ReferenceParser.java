package dev.tangram.server.store;

import dev.tangram.server.store.ModelReference.Address;
import dev.tangram.server.store.ModelReference.Catalogued;
import dev.tangram.server.store.ModelReference.Hub;
import dev.tangram.server.store.ModelReference.LocalFile;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** From text to {@link ModelReference}; every rule about what a name may contain is here. */
final class ReferenceParser {
  /** Longest text looked at; the longest that a web address should have. */
  static final int CHARS_MAX = 2048;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern HUB_PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,95}");
  private static final Pattern QUANT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern PACKAGE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,126}[a-z0-9])?");
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:[\\\\/].*");
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  private ReferenceParser() {}

  static ModelReference parse(String text) {
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException("The model name is empty (example: qwen2.5-coder:0.5b)");
    }
    if (text.length() > CHARS_MAX) {
      throw refuse(text, "is " + text.length() + " characters long (at most " + CHARS_MAX + ")");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw refuse(text, "contains a control character");
    }
    if (isLocal(text)) {
      return local(text);
    }
    if (text.indexOf('\\') >= 0) {
      throw refuse(text, "contains a backslash (a local file is written ./file.gguf)");
    }
    if (!text.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw refuse(text, "contains a space or a character outside ASCII");
    }
    if (SCHEME.matcher(text).matches()) {
      return address(text);
    }
    if (text.indexOf('%') >= 0) {
      throw refuse(text, "contains a percent sign");
    }
    if (text.startsWith("pypi:")) {
      String name = text.substring("pypi:".length()).toLowerCase(Locale.ROOT);
      return new ModelReference.Package(name.replaceAll("[-_.]+", "-"));
    }
    int slash = text.indexOf('/');
    return slash < 0 ? catalogued(text) : hub(text, text.substring(0, slash), slash + 1);
  }

  private static boolean isLocal(String text) {
    return text.startsWith("./")
        || text.startsWith("../")
        || text.startsWith("/")
        || File.separatorChar == '\\' && (DRIVE.matcher(text).matches() || text.startsWith(".\\"));
  }

  private static ModelReference local(String text) {
    try {
      LocalFile file = new LocalFile(Path.of(text));
      Path name = file.path().getFileName();
      if (name == null || name.toString().isEmpty() || name.toString().equals("..")) {
        throw refuse(text, "names a folder, not a file");
      }
      return file;
    } catch (InvalidPathException e) {
      throw refuse(text, "is no path on this machine: " + e.getReason());
    }
  }

  private static ModelReference address(String text) {
    if (!text.toLowerCase(Locale.ROOT).startsWith("https://")) {
      throw refuse(text, "must begin with https:// to be an address");
    }
    try {
      URI uri = new URI(text);
      if (uri.getHost() == null) {
        throw refuse(text, "names no host");
      }
      if (uri.getRawUserInfo() != null) {
        throw refuse(text, "contains a user or password; addresses are shown and stored");
      }
      if (uri.getRawFragment() != null) {
        throw refuse(text, "contains a fragment (#)");
      }
      String path = uri.getPath() == null ? "" : uri.getPath();
      if (("/" + path + "/").contains("/../") || path.indexOf('\\') >= 0 || path.indexOf(0) >= 0) {
        throw refuse(text, "climbs out of its folder or hides a special character");
      }
      if (path.isEmpty() || path.endsWith("/")) {
        throw refuse(text, "names no file");
      }
      return new Address(
          new URI(
              "https://"
                  + uri.getRawAuthority().toLowerCase(Locale.ROOT)
                  + uri.getRawPath()
                  + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())));
    } catch (URISyntaxException e) {
      throw refuse(text, "is no valid address: " + e.getReason());
    }
  }

  private static ModelReference hub(String text, String host, int start) {
    String canonicalHost =
        switch (host.toLowerCase(Locale.ROOT)) {
          case "hf.co", "huggingface.co", "www.huggingface.co" -> Hub.HUGGING_FACE;
          case "modelscope.cn", "www.modelscope.cn" -> Hub.MODEL_SCOPE;
          default ->
              throw refuse(
                  text,
                  "begins with an unknown hub (allowed: hf.co/ORG/REPO[:QUANT],"
                      + " modelscope.cn/ORG/REPO[:QUANT]; a local file is written ./file.gguf)");
        };
    int colon = text.indexOf(':', start);
    String path = colon < 0 ? text.substring(start) : text.substring(start, colon);
    String quant = colon < 0 ? "" : text.substring(colon + 1);
    if (colon >= 0 && quant.isEmpty()) {
      throw refuse(text, "ends in a colon without a quantization");
    }
    String[] parts = path.split("/", -1);
    if (parts.length != 2) {
      throw refuse(text, "must have the form " + canonicalHost + "/ORG/REPO[:QUANT]");
    }
    boolean file = quant.toLowerCase(Locale.ROOT).endsWith(".gguf");
    return new Hub(
        canonicalHost, parts[0], parts[1], file ? quant : quant.toUpperCase(Locale.ROOT));
  }

  private static ModelReference catalogued(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gguf")) {
      throw refuse(text, "looks like a file: write ./" + shown(text));
    }
    int colon = lower.indexOf(':');
    if (colon == lower.length() - 1) {
      throw refuse(text, "ends in a colon without a tag");
    }
    return colon < 0
        ? new Catalogued(lower, ModelReference.LATEST)
        : new Catalogued(lower.substring(0, colon), lower.substring(colon + 1));
  }

  static void requireName(String name) {
    require(NAME, name, "model name", "lower-case letters, digits, '.', '_', '-'; at most 64");
  }

  static void requireTag(String tag) {
    require(NAME, tag, "tag", "lower-case letters, digits, '.', '_', '-'; at most 64");
  }

  static void requirePackage(String name) {
    require(PACKAGE, name, "package name", "lower-case letters, digits, '-'; at most 128");
  }

  static void requireHub(String host, String org, String repo, String quant) {
    if (!host.equals(Hub.HUGGING_FACE) && !host.equals(Hub.MODEL_SCOPE)) {
      throw refuse(host, "is no known hub (allowed: hf.co, modelscope.cn)");
    }
    String allowed = "letters, digits, '.', '_', '-'; at most 96";
    require(HUB_PART, org, "organisation", allowed);
    require(HUB_PART, repo, "repository", allowed);
    if (!quant.isEmpty()) {
      require(QUANT, quant, "quantization", "letters, digits, '.', '_', '-'; at most 128");
    }
  }

  /** ".." is never needed in a name, and is refused even where it could not climb. */
  private static void require(Pattern pattern, String value, String what, String allowed) {
    if (!pattern.matcher(value).matches() || value.contains("..")) {
      throw new IllegalArgumentException(
          "The " + what + " '" + shown(value) + "' is not allowed (" + allowed + ", no '..')");
    }
  }

  private static IllegalArgumentException refuse(String text, String why) {
    return new IllegalArgumentException("The model name '" + shown(text) + "' " + why);
  }

  /** One printable line of at most 80 characters, whatever was typed. */
  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), 80); i++) {
      char c = text.charAt(i);
      out.append(c < ' ' || c == 127 || Character.isISOControl(c) ? '?' : c);
    }
    return text.length() > 80 ? out + "..." : out.toString();
  }
}
