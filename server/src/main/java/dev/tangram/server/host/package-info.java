/**
 * The models that are open: opened at start or by the first request that names one, closed when
 * room is needed.
 *
 * <p>A {@link dev.tangram.server.host.ModelSource} knows files by name; {@link
 * dev.tangram.server.host.ModelHost} opens them and lends them out as {@link
 * dev.tangram.server.host.Lease}s, or says why not ({@link dev.tangram.server.host.Checkout}).
 */
package dev.tangram.server.host;
