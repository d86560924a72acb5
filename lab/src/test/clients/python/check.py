"""The official client for Python against a Tangram server; exits non-zero at the first difference."""

import os

import openai

MODEL = os.environ["TANGRAM_MODEL"]
KNOWN = os.environ["TANGRAM_TEXT"]
MESSAGES = [
    {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
    {"role": "user", "content": "Say hello."},
]

client = openai.OpenAI(max_retries=0)
common = dict(model=MODEL, messages=MESSAGES, temperature=0, seed=7, max_completion_tokens=32)

whole = client.chat.completions.create(**common)
text = whole.choices[0].message.content
if KNOWN:
    assert text == KNOWN, text
assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
assert whole.usage.prompt_tokens_details.cached_tokens >= 0

streamed = ""
chunks = []
for chunk in client.chat.completions.create(**common, stream=True, stream_options={"include_usage": True}):
    chunks.append(chunk)
    if chunk.choices and chunk.choices[0].delta.content:
        streamed += chunk.choices[0].delta.content
assert streamed == text, streamed
assert chunks[0].choices[0].delta.role == "assistant"
assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == whole.usage.completion_tokens

with client.chat.completions.stream(**common) as helper:
    final = helper.get_final_completion()
assert final.choices[0].message.content == text
assert final.choices[0].finish_reason == whole.choices[0].finish_reason

two = client.chat.completions.create(**common, n=2, logprobs=True, top_logprobs=1)
assert len(two.choices) == 2 and two.choices[1].logprobs.content

completion = client.completions.create(model=MODEL, prompt=["Once upon", "There was"], max_tokens=4)
assert len(completion.choices) == 2

# Leaving early must not hang.
with client.chat.completions.create(**common, stream=True) as left:
    next(iter(left))

assert MODEL in [entry.id for entry in client.models.list()]
assert client.models.retrieve(MODEL).id == MODEL

try:
    client.chat.completions.create(**{**common, "model": "org/none:x"})
    raise SystemExit("a model that does not exist answered")
except openai.NotFoundError as e:
    assert e.code == "model_not_found" and e.request_id

try:
    client.chat.completions.create(**{**common, "temperature": 9})
    raise SystemExit("temperature 9 was accepted")
except openai.BadRequestError as e:
    assert e.param == "temperature"

print("all checks passed")
