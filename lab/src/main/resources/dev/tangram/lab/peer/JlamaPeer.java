import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.tensor.operations.TensorOperationsProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Measures Jlama on one folder of safetensors, of which it writes a copy in its Q4 once: {@code JlamaPeer
 * FOLDER THREADS PROMPT_TOKENS DECODE_TOKENS}. Reads one line for each measurement (decode or
 * prefill) and answers each with one line of JSON.
 */
public class JlamaPeer {
  public static void main(String[] args) throws Exception {
    java.io.PrintStream out = System.out;
    System.setOut(System.err);
    int prompt = Integer.parseInt(args[2]);
    int decode = Integer.parseInt(args[3]);
    Path folder = Path.of(args[0]);
    Path q4 = folder.resolveSibling(folder.getFileName() + "-jq4");
    if (!Files.exists(q4.resolve("model.safetensors"))) {
      SafeTensorSupport.quantizeModel(folder, DType.Q4, new String[] {"norm"}, new String[0], Optional.of(q4));
    }
    AbstractModel model =
        ModelSupport.loadModel(
            q4.toFile(), null, DType.F32, DType.I8, Optional.empty(), Optional.of(Integer.valueOf(args[1])));
    KvBufferCache cache = new KvBufferCache(model);
    out.println("{\"ready\": \"" + TensorOperationsProvider.get().name() + "\"}");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    int salt = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      salt++;
      try (KvBufferCache.KvBuffer kv = cache.getKvBuffer(UUID.randomUUID())) {
        double speed;
        if (line.equals("prefill")) {
          long start = System.nanoTime();
          AbstractTensor all = model.batchForward(ids(prompt, salt), 0, kv);
          all.close();
          speed = prompt / ((System.nanoTime() - start) / 1e9);
        } else {
          AbstractTensor last = model.batchForward(ids(16, salt), 0, kv);
          AbstractTensor logits = model.makeDenseTensor(model.getConfig().vocabularySize);
          AbstractTensor row = last.slice(last.shape().first() - 1);
          int next = model.sample(row, 0f, 0.5f, logits);
          long start = System.nanoTime();
          for (int i = 0; i < decode - 1; i++) {
            AbstractTensor hidden = model.forward(next, 16 + i, kv, Optional.empty());
            next = model.sample(hidden, 0f, 0.5f, logits);
            hidden.close();
          }
          speed = (decode - 1) / ((System.nanoTime() - start) / 1e9);
          logits.close();
        }
        out.println("{\"tokensPerSecond\": " + speed + "}");
      }
    }
  }

  private static int[] ids(int count, int salt) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = 1000 + (int) ((i * 7919L + salt * 104_729L) % 20_000);
    }
    return ids;
  }
}
