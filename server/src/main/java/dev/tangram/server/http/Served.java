package dev.tangram.server.http;

/** What is to be known of an answered request: no text of prompt or answer, no key. */
public record Served(
    String id,
    String method,
    String path,
    int status,
    long millis,
    int promptTokens,
    int completionTokens) {}
