package dev.tangram.server.store.source;

/** What a source has under the name that it was asked for. */
public sealed interface Location permits Located, LocatedFolder {}
