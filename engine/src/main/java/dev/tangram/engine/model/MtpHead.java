package dev.tangram.engine.model;

import dev.tangram.kernel.Kernels;
import dev.tangram.kernel.KvMemory;
import dev.tangram.kernel.Matrix;

/**
 * A multi-token prediction head: one more gated attention layer, which guesses the token after the
 * next from the decoder's hidden row of a position and the token that follows it.
 *
 * <pre>
 *   x = projection [norm(embedding of the next token) ; norm(hidden)]
 *   y = norm(layer(x));  logits = output y
 * </pre>
 *
 * <p>Shapes: projection W[D, 2 D]; embedding and output are the decoder's unless the file has more.
 * Its keys and values are the last layer of the model's KV memory.
 */
final class MtpHead {
  private final Hyperparameters shape;
  private final Matrix projection;
  private final float[] embeddingNorm;
  private final float[] hiddenNorm;
  private final PreNormLayer layer;
  private final Rope rope;
  private final Matrix embedding;
  private final OutputHead head;

  /**
   * @param block whose tensors these are
   */
  MtpHead(
      Weights weights,
      Hyperparameters shape,
      int block,
      PreNormLayer layer,
      Rope rope,
      Matrix embedding,
      Matrix output) {
    String prefix = "blk." + block + ".nextn.";
    int width = shape.width();
    this.shape = shape;
    this.projection = weights.matrix(prefix + "eh_proj.weight", width, 2 * width);
    this.embeddingNorm = weights.vector(prefix + "enorm.weight", width);
    this.hiddenNorm = weights.vector(prefix + "hnorm.weight", width);
    this.layer = layer;
    this.rope = rope;
    this.embedding = own(weights, prefix + "embed_tokens.weight", embedding);
    this.head =
        new OutputHead(
            shape,
            weights.vector(prefix + "shared_head_norm.weight", width),
            own(weights, prefix + "shared_head_head.weight", output));
  }

  private Matrix own(Weights weights, String name, Matrix otherwise) {
    return weights.has(name) ? weights.matrix(name, shape.vocabulary(), shape.width()) : otherwise;
  }

  /** As {@link Draft#forward}. */
  void forward(
      Kernels kernels,
      Batch batch,
      float[] hidden,
      KvMemory kv,
      Scratch scratch,
      float[] logits,
      float[] next) {
    int tokens = batch.tokens().length;
    int width = shape.width();
    Decoder.check(batch, shape, scratch, logits);
    Decoder.embed(kernels, embedding, batch.tokens(), scratch.sublayer);
    kernels.rmsNorm(scratch.sublayer, tokens, width, embeddingNorm, shape.eps(), scratch.sublayer);
    kernels.rmsNorm(hidden, tokens, width, hiddenNorm, shape.eps(), scratch.normed);
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(scratch.sublayer, t * width, scratch.joined, 2 * t * width, width);
      System.arraycopy(scratch.normed, t * width, scratch.joined, (2 * t + 1) * width, width);
    }
    kernels.multiply(projection, scratch.joined, tokens, scratch.hidden);
    rope.prepare(batch.spans(), tokens);
    layer.forward(new Step(kernels, kv, null, batch.spans(), tokens, 0, scratch), shape);
    head.forward(kernels, batch.logitRows(), scratch, logits, next);
  }
}
