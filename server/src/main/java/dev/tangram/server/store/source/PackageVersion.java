package dev.tangram.server.store.source;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Python package version (PEP 440), ordered as pip orders it. Local parts ({@code +...}) are
 * ignored: public indexes do not carry them.
 */
final class PackageVersion implements Comparable<PackageVersion> {
  private static final Pattern FORM =
      Pattern.compile(
          "v?(?:(\\d{1,9})!)?(\\d{1,18}(?:\\.\\d{1,18})*)"
              + "(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\\d{0,9}))?"
              + "(?:-(\\d{1,9})|[-_.]?(post|rev|r)[-_.]?(\\d{0,9}))?"
              + "(?:[-_.]?(dev)[-_.]?(\\d{0,9}))?(?:\\+[a-z0-9._-]+)?");

  /** Epoch; release; phase and its number; post number; dev number: compared in this order. */
  private final List<BigInteger> release;

  private final long[] rest;
  private final long epoch;
  private final boolean preRelease;

  private PackageVersion(long epoch, List<BigInteger> release, long[] rest, boolean preRelease) {
    this.epoch = epoch;
    this.release = release;
    this.rest = rest;
    this.preRelease = preRelease;
  }

  static Optional<PackageVersion> parse(String text) {
    if (text.length() > 128) {
      return Optional.empty();
    }
    Matcher m = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      return Optional.empty();
    }
    List<BigInteger> release = new ArrayList<>();
    for (String part : m.group(2).split("\\.")) {
      release.add(new BigInteger(part));
    }
    while (release.size() > 1 && release.getLast().signum() == 0) {
      release.removeLast();
    }
    boolean pre = m.group(3) != null;
    boolean post = m.group(5) != null || m.group(6) != null;
    boolean dev = m.group(8) != null;
    // A bare dev release comes before every phase of its version, no phase after all of them.
    long phase = pre ? phase(m.group(3)) : dev && !post ? 0 : 4;
    long postNumber = post ? number(m.group(5) != null ? m.group(5) : m.group(7)) + 1 : 0;
    long devNumber = dev ? number(m.group(9)) : Long.MAX_VALUE;
    return Optional.of(
        new PackageVersion(
            number(m.group(1)),
            List.copyOf(release),
            new long[] {phase, number(m.group(4)), postNumber, devNumber},
            pre || dev));
  }

  private static long phase(String name) {
    return switch (name.charAt(0)) {
      case 'a' -> 1;
      case 'b' -> 2;
      default -> 3;
    };
  }

  private static long number(String text) {
    return text == null || text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /** Whether pip takes it only when asked to. */
  boolean isPreRelease() {
    return preRelease;
  }

  @Override
  public int compareTo(PackageVersion other) {
    int order = Long.compare(epoch, other.epoch);
    for (int i = 0; order == 0 && i < Math.max(release.size(), other.release.size()); i++) {
      order = part(i).compareTo(other.part(i));
    }
    for (int i = 0; order == 0 && i < rest.length; i++) {
      order = Long.compare(rest[i], other.rest[i]);
    }
    return order;
  }

  private BigInteger part(int i) {
    return i < release.size() ? release.get(i) : BigInteger.ZERO;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PackageVersion version && compareTo(version) == 0;
  }

  @Override
  public int hashCode() {
    return release.hashCode();
  }
}
