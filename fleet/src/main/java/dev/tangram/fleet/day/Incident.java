package dev.tangram.fleet.day;

/**
 * A replica lost its server.
 *
 * @param atSeconds since midnight
 * @param group number of the group
 * @param server where it was
 * @param newServer where it went; empty if it found no place before midnight
 * @param upSeconds when it was up again; infinite if not before midnight
 * @param why it did not go at once, in the words of the placement; empty if it did
 */
public record Incident(
    double atSeconds, int group, String server, String newServer, double upSeconds, String why) {}
