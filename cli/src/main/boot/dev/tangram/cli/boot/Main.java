package dev.tangram.cli.boot;

import java.lang.reflect.InvocationTargetException;

/**
 * The first class of the jar. Compiled for Java 8, so that an old JVM gets a sentence and not an
 * UnsupportedClassVersionError.
 */
public final class Main {
  /** The oldest release that runs Tangram. */
  static final int FEATURE_LEAST = 25;

  private Main() {}

  public static void main(String[] arguments) throws Throwable {
    int feature = feature(System.getProperty("java.specification.version"));
    if (feature < FEATURE_LEAST) {
      System.err.println(
          "Tangram needs JDK " + FEATURE_LEAST + " or newer; this is " + feature + " ("
              + System.getProperty("java.home") + "). Install Temurin " + FEATURE_LEAST + ": https://adoptium.net");
      System.exit(2);
    }
    try {
      Class.forName("dev.tangram.cli.Door").getMethod("main", String[].class).invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** 8 of "1.8", 17 of "17"; 0 if it is neither. */
  static int feature(String specification) {
    String digits = specification.startsWith("1.") ? specification.substring(2) : specification;
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
