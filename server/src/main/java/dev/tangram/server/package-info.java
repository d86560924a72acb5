/**
 * HTTP in, tokens out: {@link dev.tangram.server.TangramServer} puts the parts together as {@link
 * dev.tangram.server.ServerOptions} says.
 *
 * <pre>
 * http      frames, limits, who may call          openai   the wire format and how requests run
 * run       generations of any wire format          host     models that are open
 * store     models on disk
 * observe   metrics, logs, usage records          admin    what the operator does
 * </pre>
 */
package dev.tangram.server;
