package dev.tangram.fleet.chip;

/**
 * What was publicly reported about buying a chip, and when.
 *
 * @param asOf {@code 2025}, {@code 2025-04} or {@code 2025-04-09}
 * @param destination country code of the buyer
 * @param rule what it comes to
 */
public record ImportStatus(String asOf, String destination, Rule rule, String note, String source) {
  /** What the report says a buyer may do. */
  public enum Rule {
    OPEN,
    LICENCE,
    /** Buyers were told not to. */
    WARNED,
    BARRED,
    /** The maker is on an entity list: its supply, not its sale, is in question. */
    LISTED;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
