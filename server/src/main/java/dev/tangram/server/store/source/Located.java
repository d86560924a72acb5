package dev.tangram.server.store.source;

import java.util.List;

/**
 * Where exactly a model is, after asking the source's listing.
 *
 * @param pieces in the order in which their contents are concatenated
 * @param names empty; or the model is a folder, and these are its files' names, one for each piece
 * @param bytes size of the model; -1 while unknown
 * @param sha256 digest of the model as the source gives it; empty if it gives none
 * @param license empty if the source does not say
 */
public record Located(
    List<Piece> pieces,
    List<String> names,
    long bytes,
    String sha256,
    String license,
    String licenseUrl) {

  public Located {
    pieces = List.copyOf(pieces);
    names = List.copyOf(names);
    if (!names.isEmpty() && names.size() != pieces.size()) {
      throw new IllegalArgumentException(
          "%d names for %d pieces".formatted(names.size(), pieces.size()));
    }
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("A located model has no pieces");
    }
  }

  /** A model that is one file. */
  public Located(
      List<Piece> pieces, long bytes, String sha256, String license, String licenseUrl) {
    this(pieces, List.of(), bytes, sha256, license, licenseUrl);
  }

  /** Whether the model is a folder of the pieces, and not one file made of them. */
  public boolean isFolder() {
    return !names.isEmpty();
  }

  /** Bytes to be downloaded; -1 if some piece's size is unknown. */
  public long downloadBytes() {
    long sum = 0;
    for (Piece piece : pieces) {
      if (piece.file().bytes() < 0) {
        return -1;
      }
      sum = Math.addExact(sum, piece.file().bytes());
    }
    return sum;
  }

  /** Whether the one download is the model, with nothing to unpack or concatenate. */
  public boolean isPlainFile() {
    return !isFolder() && pieces.size() == 1 && !pieces.getFirst().zipped();
  }
}
