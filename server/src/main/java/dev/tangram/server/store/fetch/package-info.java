/**
 * Bytes from the network onto disk: where requests may go, how they resume, what counts as done.
 */
package dev.tangram.server.store.fetch;
