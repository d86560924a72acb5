package dev.tangram.engine.token;

import dev.tangram.engine.file.ModelFormatException;
import java.util.Arrays;
import java.util.Set;

/**
 * The tokens that are found as a whole in the raw text, before it is cut into words: the leftmost,
 * and of those that start there the longest.
 *
 * <p><b>Who may write them.</b> Text that is not trusted (what users say) can never become a token
 * that steers the model:
 *
 * <ul>
 *   <li>control and unknown tokens (types 3 and 2) are found only where every character is trusted;
 *   <li>user-defined tokens (type 4) that look like markup, which is {@code <...>} or {@code
 *       [...]}, also only there: {@code <tool_call>}, {@code <think>} and {@code <start_of_image>}
 *       are of this type in real files, and a user who can write them can forge a call or end a
 *       thought;
 *   <li>other user-defined tokens are found everywhere, because they are just text and the model
 *       was trained to see them so: runs of spaces, tabs and line breaks, and Gemma's HTML tags.
 * </ul>
 *
 * A span that may not be used is skipped as if its token did not exist, so a shorter token inside
 * it can still be found. Unused, byte and ordinary tokens are never matched. Cost: at most one step
 * per character of the longest token for each character of the text.
 */
final class AddedTokens {
  /** Longest spelling accepted, in UTF-16 units: it bounds the work per character of text. */
  static final int LENGTH_MAX = 256;

  /**
   * Element names whose tags are text, not orders: those in Gemma's vocabulary ("bbox" is hOCR's).
   */
  private static final Set<String> HTML =
      Set.of(
          "a",
          "b",
          "bbox",
          "blockquote",
          "body",
          "caption",
          "code",
          "div",
          "em",
          "footer",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "html",
          "i",
          "iframe",
          "img",
          "li",
          "s",
          "span",
          "strong",
          "sub",
          "sup",
          "table",
          "tbody",
          "td",
          "tfoot",
          "th",
          "thead",
          "tr",
          "u",
          "ul");

  private final Vocabulary vocabulary;
  private final boolean[] onlyTrusted;

  // A trie: children of a node are a linked list; the root's, which most characters fail at, a
  // table.
  private final int[] root = new int[128];
  private char[] label = new char[256];
  private int[] child = new int[256];
  private int[] sibling = new int[256];
  private int[] token = new int[256];
  private int nodes = 1;

  private AddedTokens(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.onlyTrusted = new boolean[vocabulary.size()];
  }

  static AddedTokens of(Vocabulary vocabulary, String file) {
    AddedTokens added = new AddedTokens(vocabulary);
    for (int id = 0; id < vocabulary.size(); id++) {
      TokenType type = vocabulary.type(id);
      switch (type) {
        case CONTROL, UNKNOWN, USER_DEFINED -> {
          String piece = vocabulary.piece(id);
          if (piece.isEmpty() || piece.length() > LENGTH_MAX) {
            throw new ModelFormatException(
                file,
                Vocabulary.TOKENS + "[" + id + "]",
                "a token of type " + type + " of " + piece.length() + " characters",
                "1 to " + LENGTH_MAX);
          }
          added.onlyTrusted[id] = type != TokenType.USER_DEFINED || looksLikeMarkup(piece);
          added.insert(piece, id);
        }
        case NORMAL, UNUSED, BYTE -> {}
      }
    }
    return added;
  }

  /** {@code <...>} or {@code [...]}, except the tags of HTML. */
  static boolean looksLikeMarkup(String piece) {
    int last = piece.length() - 1;
    if (last < 1) {
      return false;
    }
    char open = piece.charAt(0);
    char close = piece.charAt(last);
    if (open == '[' && close == ']') {
      return true;
    }
    if (open != '<' || close != '>') {
      return false;
    }
    return !HTML.contains(piece.substring(piece.charAt(1) == '/' ? 2 : 1, last));
  }

  /** A token found in a text. */
  record Match(int id, int end) {}

  /** The longest token that starts at {@code at} and may be used there; null if none. */
  Match at(MarkedText text, int at) {
    String chars = text.text();
    int node = 0;
    int id = -1;
    int end = at;
    for (int i = at; i < chars.length(); i++) {
      node = step(node, chars.charAt(i));
      if (node == 0) {
        break;
      }
      int found = token[node] - 1;
      if (found >= 0 && (!onlyTrusted[found] || text.isTrusted(at, i + 1))) {
        id = found;
        end = i + 1;
      }
    }
    return id < 0 ? null : new Match(id, end);
  }

  /** The child of a node for a character, 0 if it has none. */
  private int step(int node, char c) {
    if (node == 0 && c < root.length) {
      return root[c];
    }
    int next = child[node];
    while (next != 0 && label[next] != c) {
      next = sibling[next];
    }
    return next;
  }

  private void insert(String piece, int id) {
    int node = 0;
    for (int i = 0; i < piece.length(); i++) {
      char c = piece.charAt(i);
      int next = step(node, c);
      if (next == 0) {
        next = add(node, c);
      }
      node = next;
    }
    token[node] = id + 1;
  }

  private int add(int parent, char c) {
    if (nodes == label.length) {
      label = Arrays.copyOf(label, nodes * 2);
      child = Arrays.copyOf(child, nodes * 2);
      sibling = Arrays.copyOf(sibling, nodes * 2);
      token = Arrays.copyOf(token, nodes * 2);
    }
    int node = nodes++;
    label[node] = c;
    sibling[node] = child[parent];
    child[parent] = node;
    if (parent == 0 && c < root.length) {
      root[c] = node;
    }
    return node;
  }
}
