/** Models on disk: names, where they come from, verified downloads, a content-addressed read-only folder. */
package dev.tangram.server.store;
