package dev.tangram.engine.prompt;

import java.util.Map;

/** The one mutable value: {@code set ns.name = value} reaches out of loops. */
record Namespace(Map<String, Object> values) {}
