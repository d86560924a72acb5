package dev.tangram.fleet.chip;

/** Number formats that chips quote dense peaks for. */
public enum Precision {
  /** FP16 or BF16: the same rate on every chip of the catalogue. */
  FP16("fp16"),
  FP8("fp8"),
  INT8("int8");

  private final String word;

  Precision(String word) {
    this.word = word;
  }

  /** Its name in files. */
  public String word() {
    return word;
  }
}
