package dev.tangram.kernel;

/** Chooses kernels in a process of its own and says which, or why not. */
final class SelectionProbe {
  private SelectionProbe() {}

  public static void main(String[] args) {
    try {
      Selection selection = Selection.choose(args[0], new Workers(1));
      System.out.println(
          selection.kernels().tier() + " " + selection.widthBits() + " " + selection.reason());
    } catch (RuntimeException e) {
      System.out.println(e);
    }
  }
}
