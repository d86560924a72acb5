"""Makes hf/*/tokenizer.json: the vocabularies of small.json as Hugging Face's `tokenizers` writes them.

Run by hand: pip install tokenizers; python3 make_hf.py. Checks that each gives the ids of small.json.
"""
import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent
SMALL = json.loads((HERE / "small.json").read_text())
HEAD = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?"
TAIL = r"+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
# As the published files have them.
SPLIT = {
    "qwen2": HEAD + r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]" + TAIL,
    "qwen35": HEAD + r"[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]" + TAIL,
    "llama-bpe": HEAD + r"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]" + TAIL,
}


def rule(name):
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=name not in SPLIT)
    if name in SPLIT:
        return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT[name]), "isolated"), level])
    if name == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), level])
    return level


def finish(tokenizer, part, name, cases):
    for token, kind in zip(part["tokens"], part["token_type"]):
        if kind == 3:
            tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False)])
        elif kind == 4:
            tokenizer.add_tokens([AddedToken(token, special=False, normalized=False)])
    for case in cases:
        assert tokenizer.encode(case["text"], add_special_tokens=False).ids == case["ids"], (name, case)
    folder = HERE / "hf" / name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


part = SMALL["byte_level"]
vocab = {t: i for i, (t, k) in enumerate(zip(part["tokens"], part["token_type"])) if k == 1}
merges = [tuple(m.split(" ")) for m in part["merges"]]
for name in part["cases"]:
    tokenizer = Tokenizer(models.BPE(vocab, merges, ignore_merges=name == "llama-bpe"))
    tokenizer.normalizer = normalizers.NFC() if name.startswith("qwen") else None
    tokenizer.pre_tokenizer = rule(name)
    tokenizer.decoder = decoders.ByteLevel()
    finish(tokenizer, part, name, part["cases"][name])

part = SMALL["sentence_piece"]
added = {"<|end|>", "<|im_start|>", "<|im_end|>", "<|im", "<tool_call>", "</tool_call>", "<think>", "   ", "\n\n\n"}
vocab = {t: i for i, t in enumerate(part["tokens"]) if t not in added}
ordinary = [t for t in vocab if not t.startswith("<0x") and t != "<unk>"]
merges = []
for token in ordinary:
    pairs = [(token[:i], token[i:]) for i in range(1, len(token))]
    merges += [p for p in pairs if p[0] in vocab and p[1] in vocab]
tokenizer = Tokenizer(models.BPE(vocab, merges, byte_fallback=True, unk_token="<unk>", fuse_unk=True))
tokenizer.normalizer = normalizers.Replace(" ", "▁")
tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
finish(tokenizer, part, "sentence-piece", part["cases"])
