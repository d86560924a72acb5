package dev.tangram.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A memory size on the command line: {@code 512M}, {@code 1.5GiB}, {@code 800000000}; K, M, G, T
 * are powers of 1024.
 */
public record ByteSize(long bytes) {
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([KMGT]?)(I?B)?");

  /**
   * @throws IllegalArgumentException with a sentence that says what is allowed
   */
  public static ByteSize parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (matcher.matches()) {
      double factor =
          Math.pow(1024, " KMGT".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2)));
      double bytes = Double.parseDouble(matcher.group(1)) * factor;
      if (bytes >= 1 && bytes <= 1L << 60) {
        return new ByteSize((long) bytes);
      }
    }
    throw new IllegalArgumentException(
        "found \"%s\", allowed: a size such as 512M, 1.5G or 800000000".formatted(text));
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<ByteSize> {
    @Override
    public ByteSize convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
