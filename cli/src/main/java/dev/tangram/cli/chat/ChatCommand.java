package dev.tangram.cli.chat;

import java.util.Locale;

/** A line that begins with a slash: for the chat, not for the model. */
sealed interface ChatCommand {
  record Bye() implements ChatCommand {}

  record Clear() implements ChatCommand {}

  record Help() implements ChatCommand {}

  record Show() implements ChatCommand {}

  /** {@code /set NAME VALUE}; the value may be empty, which resets {@code system}. */
  record Set(String name, String value) implements ChatCommand {}

  record Unknown(String word) implements ChatCommand {}

  String HELP =
      """
      /set NAME VALUE   change how replies are made (%s)
      /show             the model and the settings
      /clear            forget this conversation
      /bye              leave (also /exit, Ctrl-D)

      Ctrl-C stops a reply. Alt-Enter or a backslash at the end of a line begins another line;
      \""" on both sides encloses a text of many lines. Arrows and Ctrl-R find earlier inputs.
      """
          .formatted(ReplyOptions.NAMES);

  /** True if the input is a command. A path such as /etc/hosts in a question is none. */
  static boolean is(String input) {
    String word = input.split("\\s", 2)[0];
    return word.length() > 1 && word.startsWith("/") && word.indexOf('/', 1) < 0;
  }

  static ChatCommand parse(String input) {
    String[] words = input.strip().split("\\s+", 3);
    return switch (words[0].toLowerCase(Locale.ROOT)) {
      case "/bye", "/exit", "/quit" -> new Bye();
      case "/clear" -> new Clear();
      case "/help", "/?" -> new Help();
      case "/show" -> new Show();
      case "/set" ->
          words.length < 2
              ? new Help()
              : new Set(
                  words[1].toLowerCase(Locale.ROOT),
                  words.length > 2 ? ChatParser.message(words[2]) : "");
      default -> new Unknown(words[0]);
    };
  }
}
