// Measures llama.cpp (npm node-llama-cpp with its prebuilt @node-llama-cpp/linux-x64) on one GGUF file.
// usage: node llama-cpp.mjs MODULES FILE THREADS PROMPT_TOKENS DECODE_TOKENS BATCH DEPTH FLASH_ATTENTION
// Reads one line per measurement from standard input (decode | prefill | batch | quit) and answers each with one line
// of JSON, so that the caller can alternate it with another engine without loading the model again.
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";
import readline from "node:readline";

const [modules, file, threads, promptTokens, decodeTokens, batch, depth, flashAttention] = process.argv.slice(2);
const require = createRequire(modules + "/");
const {getLlama, LlamaLogLevel} = await import(pathToFileURL(require.resolve("node-llama-cpp")).href);

const llama = await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: +threads});
const model = await llama.loadModel({modelPath: file, useMmap: true});
const P = +promptTokens, N = +decodeTokens, B = +batch, D = +depth;
const context = await model.createContext({
  contextSize: B * (64 + N + 32) + P + D + N + 64,
  // What one computation takes at most, as llama.cpp itself has it; the whole prompt would need scores for all of it.
  batchSize: 512,
  sequences: B,
  threads: +threads,
  flashAttention: flashAttention === "true",
});

// Any ids do: speed does not depend on them. Kept away from control tokens at both ends of the vocabulary.
const ids = (count, salt) => Array.from({length: count}, (_, i) => 1000 + ((i * 7919 + salt * 104729) % 20000));
const sequences = Array.from({length: B}, () => context.getSequence());
const now = () => performance.now() / 1000;

async function generate(sequence, prompt, count) {
  let made = 0, first = 0;
  for await (const _ of sequence.evaluate(prompt, {temperature: 0, yieldEogToken: true})) {
    made++;
    if (made === 1) first = now();
    if (made === count) break;
  }
  return first;
}

let salt = 0;
async function measure(what) {
  for (const sequence of sequences) await sequence.clearHistory();
  salt++;
  if (what === "prefill") {
    const start = now();
    await sequences[0].evaluateWithoutGeneratingNewTokens(ids(P, salt));
    return P / (now() - start);
  }
  if (what === "decode") {
    const first = await generate(sequences[0], ids(D, salt), N);
    return (N - 1) / (now() - first);
  }
  const firsts = await Promise.all(sequences.map((s, i) => generate(s, ids(16, salt + i), N)));
  return (B * (N - 1)) / (now() - Math.min(...firsts));
}

console.log(JSON.stringify({ready: true}));
for await (const line of readline.createInterface({input: process.stdin})) {
  if (line === "quit") break;
  console.log(JSON.stringify({what: line, tokensPerSecond: await measure(line)}));
}
process.exit(0);
