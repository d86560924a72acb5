"""Embeddings through openai-python, which asks for base64 by default."""
import math
import os

import openai

client = openai.OpenAI(max_retries=0)
model = os.environ["TANGRAM_MODEL"]

texts = ["Say hello.", "Say goodbye.", "Say hello."]
answer = client.embeddings.create(model=model, input=texts)
assert [d.index for d in answer.data] == [0, 1, 2]
assert answer.usage.prompt_tokens == answer.usage.total_tokens > 0
vectors = [d.embedding for d in answer.data]
assert vectors[0] == vectors[2] != vectors[1]
for v in vectors:
    assert abs(math.fsum(x * x for x in v) - 1) < 1e-5

plain = client.embeddings.create(model=model, input=texts[0], encoding_format="float").data[0].embedding
assert len(plain) == len(vectors[0])
assert all(abs(a - b) < 1e-6 for a, b in zip(plain, vectors[0]))

half = len(plain) // 2
cut = client.embeddings.create(model=model, input=texts[0], dimensions=half).data[0].embedding
assert len(cut) == half and abs(math.fsum(x * x for x in cut) - 1) < 1e-5

for wrong in (dict(input=""), dict(input="a", dimensions=10**6), dict(input=["a", ""])):
    try:
        client.embeddings.create(model=model, **wrong)
        raise SystemExit(f"accepted {wrong}")
    except openai.BadRequestError as e:
        assert e.param in ("input", "dimensions"), e
try:
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hi"}])
    raise SystemExit("an embedding model chatted")
except openai.BadRequestError as e:
    assert e.param == "model", e

print("all checks passed")
