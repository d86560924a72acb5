package dev.tangram.engine.reply;

/** How a model writes its tool calls; its chat template tells. */
public enum CallStyle {
  /** It makes none, or none may be made: everything is text. */
  NONE,
  /** Qwen, Hermes: {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}. */
  JSON_TAGGED,
  /**
   * Qwen3-Coder, Qwen3.5: {@code <tool_call><function=NAME><parameter=KEY>VALUE</parameter>...
   * </function></tool_call>}; the outer tag is sometimes left out.
   */
  XML_TAGGED,
  /** Llama 3: the whole reply is {@code {"name": ..., "parameters": {...}}}. */
  JSON_BARE;

  private static final String TAG = "<tool_call>";
  private static final String FUNCTION = "<function=";

  /** The style that a template's source speaks of. */
  public static CallStyle of(String template) {
    if (template.contains(FUNCTION)) {
      return XML_TAGGED;
    }
    if (template.contains(TAG)) {
      return JSON_TAGGED;
    }
    return template.contains("<|python_tag|>") ? JSON_BARE : NONE;
  }

  /** Whether a call begins at {@code at}. */
  boolean opensAt(CharSequence text, int at) {
    return switch (this) {
      case NONE, JSON_BARE -> false;
      case JSON_TAGGED -> Tags.isAt(text, at, TAG);
      case XML_TAGGED -> Tags.isAt(text, at, TAG) || Tags.isAt(text, at, FUNCTION);
    };
  }

  /** Whether a call could begin at {@code at}, if more text came. */
  boolean mayOpenAt(CharSequence text, int at) {
    return switch (this) {
      case NONE, JSON_BARE -> false;
      case JSON_TAGGED -> Tags.beginsAt(text, at, TAG);
      case XML_TAGGED -> Tags.beginsAt(text, at, TAG) || Tags.beginsAt(text, at, FUNCTION);
    };
  }

  /** The tag that ends a call which begins like this; null if only the reply's end does. */
  String close(CharSequence call) {
    if (this == JSON_BARE) {
      return null;
    }
    return Tags.isAt(call, 0, TAG) ? "</tool_call>" : "</function>";
  }
}
