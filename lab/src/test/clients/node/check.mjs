// The official client for JavaScript against a Tangram server; exits non-zero at the first difference.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const model = process.env.TANGRAM_MODEL;
const known = process.env.TANGRAM_TEXT;
const client = new OpenAI({ maxRetries: 0 });
const messages = [
  { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
  { role: 'user', content: 'Say hello.' },
];
const common = { model, messages, temperature: 0, seed: 7, max_completion_tokens: 32 };

const whole = await client.chat.completions.create(common);
const text = whole.choices[0].message.content;
if (known) assert.equal(text, known);
assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens);

let streamed = '';
let last;
const stream = await client.chat.completions.create({
  ...common, stream: true, stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? '';
  last = chunk;
}
assert.equal(streamed, text);
assert.equal(last.usage.completion_tokens, whole.usage.completion_tokens);
assert.deepEqual(last.choices, []);

const helper = client.chat.completions.stream(common);
const final = await helper.finalChatCompletion();
assert.equal(final.choices[0].message.content, text);
assert.equal(final.choices[0].finish_reason, whole.choices[0].finish_reason);

const two = await client.chat.completions.create({ ...common, n: 2, logprobs: true, top_logprobs: 1 });
assert.equal(two.choices.length, 2);
assert.ok(two.choices[1].logprobs.content.length > 0);

const completion = await client.completions.create({ model, prompt: 'Once upon', max_tokens: 4 });
assert.equal(completion.object, 'text_completion');

// Leaving early must not hang.
const left = await client.chat.completions.create({ ...common, stream: true });
for await (const chunk of left) { assert.equal(chunk.object, 'chat.completion.chunk'); break; }

const ids = [];
for await (const entry of client.models.list()) ids.push(entry.id);
assert.ok(ids.includes(model));
assert.equal((await client.models.retrieve(model)).id, model);

await assert.rejects(client.models.retrieve('org/none:x'), OpenAI.NotFoundError);
await assert.rejects(client.chat.completions.create({ ...common, model: 'org/none:x' }),
  (e) => e instanceof OpenAI.NotFoundError && e.code === 'model_not_found' && !!e.requestID);
await assert.rejects(client.chat.completions.create({ ...common, temperature: 9 }),
  (e) => e instanceof OpenAI.BadRequestError && e.param === 'temperature');

console.log('all checks passed');
