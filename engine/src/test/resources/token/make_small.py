"""Makes small.json: two small vocabularies and the ids that Hugging Face's `tokenizers` gives with them.

Run by hand: pip install tokenizers; python3 make_small.py. Trained on the text of real/alice-1.txt and the lines below.
"""
import json
import random
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = Path(__file__).parent
LINES = [
    "def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1) + fibonacci(n - 2)\n",
    "你好，世界。你是一个简洁的助手。杭州在哪个省？",
    "Straße, naïve café, Ünïcödé; Привет, мир! مرحبا بالعالم नमस्ते दुनिया",
    "1234567890 3.14159 2026-11-23\r\n\r\n\tTabs\tand\u00a0such\u3000\n\n\n",
    "It's I'll we've they'RE DON'T he'd 👩‍👩‍👧 🙂🙂",
]
TEXTS = [(HERE / "real/alice-1.txt").read_text()] + LINES * 6
CONTROL = ["<|end|>", "<|im_start|>", "<|im_end|>", "<|im"]
USER_DEFINED = ["<tool_call>", "</tool_call>", "<think>", "   ", "\n\n\n"]

W = {
    "qwen2": (r"\p{L}", r"\p{N}"),
    "qwen35": (r"\p{L}\p{M}", r"\p{N}"),
    "llama-bpe": (r"\p{L}", r"\p{N}{1,3}"),
}


def split_rule(name):
    if name in W:
        w, digits = W[name]
        solid = w if "M" in w else r"\p{L}"
        expression = (
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[" + w + "]+|" + digits
            + r"| ?[^\s" + solid + r"\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        )
        cut = pre_tokenizers.Split(Regex(expression), "isolated")
        return pre_tokenizers.Sequence([cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    if name == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), level])
    return level


def hostile(rng):
    parts = [
        *"abcsStTlLdDmMrReEvV'’ſ", " ", "  ", "   ", "\n", "\r", "\r\n", "\n\n\n", "\t", "\u00a0", "\u3000", "\u0085",
        "0", "7", "42", "١", "½", "Ⅷ", "é", "e\u0301", "\u0301", "\u0316", "ß", "世", "界", "न", "मस्ते", "🙂", "👩\u200d👩",
        "\u200d", "<", "|", ">", "!", "...", "—", "▁", "\u1100\u1161", "\u212b", "<|im_start|>", "<|im", "<think>",
        "</tool_call>", "the", " the", "Alice", " was", "'ll", "'S", "'Ve", "fibonacci",
    ]
    return "".join(rng.choice(parts) for _ in range(rng.randint(1, 24)))


def add_tokens(tokenizer):
    # A boundary is not asked for, and text is matched before it is normalised: as in the published tokenizers.
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in CONTROL])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in USER_DEFINED])


def cases(tokenizer, texts):
    return [{"text": t, "ids": tokenizer.encode(t, add_special_tokens=False).ids} for t in texts]


def spelled(tokenizer):
    by_id = {i: t for t, i in tokenizer.get_vocab().items()}
    return [by_id[i] for i in range(len(by_id))]


def byte_level(texts):
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = split_rule("llama-bpe")
    trained.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(vocab_size=900, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
    )
    model = json.loads(trained.to_str())["model"]
    # A token that no merge makes: only "ignore_merges" finds it.
    model["vocab"]["Alicefibonacci"] = len(model["vocab"])
    merges = [tuple(m) for m in model["merges"]]
    out = {"merges": [" ".join(m) for m in merges], "cases": {}}
    for name in ["qwen2", "qwen35", "llama-bpe", "smollm", "gpt-2"]:
        tokenizer = Tokenizer(models.BPE(model["vocab"], merges, ignore_merges=name == "llama-bpe"))
        tokenizer.normalizer = normalizers.NFC() if name.startswith("qwen") else None
        tokenizer.pre_tokenizer = split_rule(name)
        tokenizer.decoder = decoders.ByteLevel()
        add_tokens(tokenizer)
        out["tokens"] = spelled(tokenizer)
        out["cases"][name] = cases(tokenizer, texts + ["Alicefibonacci", " Alicefibonacci"])
    out["token_type"] = [
        3 if t in CONTROL else 4 if t in USER_DEFINED else 1 for t in out["tokens"]
    ]
    return out


def sentence_piece(texts):
    trained = Tokenizer(models.BPE(byte_fallback=True))
    trained.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    trained.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=900, limit_alphabet=120, show_progress=False))
    learned = json.loads(trained.to_str())["model"]["vocab"]
    # Line breaks and spaces come from added tokens, as in Gemma.
    words = [t for t in sorted(learned, key=learned.get) if "\n" not in t and not (len(t) > 1 and set(t) == {"▁"})]
    # A token with a space inside, as Gemma has one ('>▁</'): words may not be cut there.
    words += [">▁", ">▁<"]
    words = list(dict.fromkeys(["<unk>"] + ["<0x%02X>" % b for b in range(256)] + words + ["\n"]))
    vocab = {t: i for i, t in enumerate(words)}
    ordinary = {t for t in words if not t.startswith("<0x") and t != "<unk>"}
    merges = []
    for token in sorted(ordinary, key=vocab.get):
        pairs = [(token[:i], token[i:]) for i in range(1, len(token))]
        merges += [p for p in pairs if p[0] in ordinary and p[1] in ordinary]
    tokenizer = Tokenizer(models.BPE(vocab, merges, byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    add_tokens(tokenizer)
    tokens = spelled(tokenizer)
    types = [
        3 if t in CONTROL else 4 if t in USER_DEFINED or t == "\n" else 2 if t == "<unk>" else 6 if t.startswith("<0x") else 1
        for t in tokens
    ]
    scores = [float(-i) if k == 1 else -1000.0 if k in (3, 4) else 0.0 for i, k in enumerate(types)]
    return {"tokens": tokens, "token_type": types, "scores": scores, "cases": cases(tokenizer, texts)}


rng = random.Random(20261123)
texts = ["Hello, world!", "", " ", "  leading and trailing  ", *LINES, *(hostile(rng) for _ in range(150))]
small = {"byte_level": byte_level(texts), "sentence_piece": sentence_piece(texts)}
(HERE / "small.json").write_text(json.dumps(small, ensure_ascii=False, separators=(",", ":")).replace('{"text"', '\n{"text"') + "\n")
