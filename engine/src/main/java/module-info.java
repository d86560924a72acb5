/** One model on one machine: files, tokens, prompt, forward pass, sampling, step loop. */
module dev.tangram.engine {
  requires transitive dev.tangram.kernel;
  requires transitive dev.tangram.schedule;
  requires com.fasterxml.jackson.core;
  requires java.logging;
  requires java.management;
  requires jdk.management;

  exports dev.tangram.engine;
  exports dev.tangram.engine.encoder;
  exports dev.tangram.engine.file;
  exports dev.tangram.engine.file.gguf;
  exports dev.tangram.engine.file.hf;
  exports dev.tangram.engine.file.json;
  exports dev.tangram.engine.file.safetensors;
  exports dev.tangram.engine.model;
  exports dev.tangram.engine.packed;
  exports dev.tangram.engine.prompt;
  exports dev.tangram.engine.quantize;
  exports dev.tangram.engine.reply;
  exports dev.tangram.engine.token;
}
