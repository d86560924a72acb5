/**
 * What the operator sees: metrics under vLLM's names, one line per request, one usage record per
 * generation.
 */
package dev.tangram.server.observe;
