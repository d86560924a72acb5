/**
 * From a request that was understood to the end of its last generation, whatever the wire format:
 * {@link dev.tangram.server.run.ModelAccess} lends the model, {@link
 * dev.tangram.server.run.Submitter} submits, {@link dev.tangram.server.run.GenerationLoop} reads,
 * looks whether the client is still there, and meters.
 */
package dev.tangram.server.run;
