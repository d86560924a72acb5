/**
 * Models on disk: names, where they come from, verified downloads, a content-addressed read-only
 * folder.
 *
 * <p>{@link dev.tangram.server.store.ModelStore} is the door. Below it, {@code catalogue} knows
 * names and digests, {@code source} knows where bytes may be, {@code fetch} brings them; none of
 * the three knows this package.
 */
package dev.tangram.server.store;
