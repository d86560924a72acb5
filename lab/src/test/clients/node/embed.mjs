// Embeddings through openai-node, which asks for base64 unless told otherwise.
import assert from "node:assert";
import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0 });
const model = process.env.TANGRAM_MODEL;
const square = (v) => v.reduce((sum, x) => sum + x * x, 0);

const texts = ["Say hello.", "Say goodbye.", "Say hello."];
const answer = await client.embeddings.create({ model, input: texts });
assert.deepEqual(answer.data.map((d) => d.index), [0, 1, 2]);
assert(answer.usage.prompt_tokens > 0);
const vectors = answer.data.map((d) => d.embedding);
assert.deepEqual(vectors[0], vectors[2]);
assert.notDeepEqual(vectors[0], vectors[1]);
vectors.forEach((v) => assert(Math.abs(square(v) - 1) < 1e-5));

const plain = await client.embeddings.create({ model, input: texts[0], encoding_format: "float" });
plain.data[0].embedding.forEach((x, i) => assert(Math.abs(x - vectors[0][i]) < 1e-6));

const half = vectors[0].length / 2;
const cut = await client.embeddings.create({ model, input: texts[0], dimensions: half });
assert.equal(cut.data[0].embedding.length, half);

await assert.rejects(client.embeddings.create({ model, input: "" }), { status: 400, param: "input" });
await assert.rejects(
  client.chat.completions.create({ model, messages: [{ role: "user", content: "Hi" }] }),
  { status: 400, param: "model" });

console.log("all checks passed");
