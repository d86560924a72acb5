package dev.tangram.engine;

import dev.tangram.engine.encoder.Pooling;
import dev.tangram.engine.encoder.SentenceModules;
import dev.tangram.engine.file.Metadata;
import dev.tangram.engine.file.ModelFile;
import dev.tangram.engine.file.ModelFormatException;
import dev.tangram.engine.token.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What a decoder was made for. GGUF files say it in {@code pooling_type}, folders in {@code
 * modules.json}; Qwen3-Reranker says it only in its name.
 */
final class DecoderUse {
  private static final int NONE = 0;
  private static final int LAST = 3;
  private static final int RANK = 4;

  private DecoderUse() {}

  static ModelUse of(ModelFile file, Path path, Optional<Tokenizer> tokenizer) {
    Metadata metadata = file.metadata();
    String key = metadata.string("general.architecture") + ".pooling_type";
    int type = metadata.integer(key, NONE, RANK, NONE);
    if (type == LAST || modules(path)) {
      return ModelUse.EMBED;
    }
    boolean judges = tokenizer.isPresent() && Reranker.judge(tokenizer.get()).isPresent();
    boolean named =
        metadata
            .string("general.name", path.getFileName().toString())
            .toLowerCase(Locale.ROOT)
            .contains("reranker");
    if ((named || type == RANK) && judges) {
      return ModelUse.RERANK;
    }
    if (type != NONE) {
      throw new ModelFormatException(
          path.toString(),
          key,
          Integer.toString(type),
          "3 (last token), or 4 (rank) with tokens yes and no");
    }
    return ModelUse.GENERATE;
  }

  private static boolean modules(Path path) {
    if (!Files.isDirectory(path)) {
      return false;
    }
    Optional<SentenceModules> modules = SentenceModules.read(path);
    if (modules.isPresent() && modules.get().pooling() != Pooling.LAST) {
      throw new ModelFormatException(
          path.resolve("modules.json").toString(),
          "pooling",
          modules.get().pooling().name(),
          "LAST: a decoder's other tokens have not seen all of the text");
    }
    return modules.isPresent();
  }
}
