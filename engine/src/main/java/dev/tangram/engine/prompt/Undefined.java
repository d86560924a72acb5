package dev.tangram.engine.prompt;

/** The value of a name that is not there: prints as nothing, is false, has no attributes. */
record Undefined(String name) {
  TemplateException used() {
    return new TemplateException("the chat template uses '%s', which is undefined".formatted(name));
  }
}
