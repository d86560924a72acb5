"""Makes the tiny random BERT of this folder: tokenizer (trained by Hugging Face tokenizers 0.23),
weights, and what a plain numpy reading of Devlin et al. 2018 in double precision makes of some texts.

    python -m venv v && v/bin/pip install numpy tokenizers && v/bin/python make.py
"""
import json, math, os, random, struct
import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers, decoders

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = """The quick brown fox jumps over the lazy dog, again and again; isn't it tired?
Der schnelle braune Fuchs springt über den faulen Hund. Größe, Straße, ÄÖÜ äöü ß ẞ.
Le cœur a ses raisons que la raison ne connaît point. Ça, où, naïve, déjà-vu — «garçon»…
Être ou ne pas être; e\u0301clair, n\u0303u, a\u0323\u0302 ( combining ), Å vs A\u030a, ﬁ ﬂ ligatures, ｆｕｌｌ ｗｉｄｔｈ
Быстрая коричневая лиса перепрыгивает через ленивую собаку. Ёлка, йод, ЁЙ.
Η γρήγορη καφέ αλεπού πηδάει πάνω από το τεμπέλικο σκυλί. ΆΈΉΊΌΎΏ ς Σ σ
敏捷的棕色狐狸跳过懒狗。 中文没有空格，标点符号：「引号」、《书名》。 漢字 仮名交じり文
素早い茶色の狐がのろまな犬を飛び越える。カタカナ、ひらがな、ガギグゲゴ、ﾊﾝｶｸ、が (か+\u3099)
빠른 갈색 여우가 게으른 개를 뛰어넘는다. 한국어 음절 \u1112\u1161\u11ab
الثعلب البني السريع يقفز فوق الكلب الكسول. مَرْحَبًا بِالعَالَم
השועל החום המהיר קופץ מעל הכלב העצלן. שָׁלוֹם
तेज भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है। क़ ख़ ग़ ड़
สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามสุนัขขี้เกียจ
Con cáo nâu nhanh nhẹn nhảy qua con chó lười biếng. Đường phố Việt Nam ệ ữ ợ
İstanbul'da ığdır; I i İ ı. Ǆ ǅ ǆ Ŀ ŉ
emoji: 😀👍🏽👨‍👩‍👧‍👦🇩🇪 ❤️ ☃ ★ → ∑∫√∞ ≠ ≤ ± × ÷ ½ ² ³ © ® ™ € £ ¥ ¢ § ¶ † ‡ • ‰
price: $3.14 (+5%) = 1,234.56; a_b-c/d\\e|f~g^h`i{j}k[l]m<n>o@p#q&r*s "t" 'u' !?:;
x=2**10; if (a<b && c>=d) { return foo[0]->bar::baz(); } // code_snake camelCase HTTPServer2
tab\there\nnew line\r\nboth  double  spaces \u00a0no-break\u2003em\u3000ideographic\u2028ls\u2029ps\u0085nel\u000bvt\u000cff
zero\u200bwidth\u200cjoin\u200der\ufeffbom soft\u00adhyphen \u0000nul \u0007bell \u001besc \u007fdel \ufffdreplacement
[CLS] [SEP] [MASK] [UNK] [PAD] [cls] [ SEP ] [SEP][SEP]x[MASK]y
unaffable unbelievable unhappiness running runner runs ran embedding embeddings embed tokenizer tokenization
𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝒮𝒸𝓇𝒾𝓅𝓉 𠀀𠮷𪚥 𐍈 🄰 ⅣⅫ ⓐⒷ ①② ㎏ ㍿ ﷺ"""

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def tokenizer():
    t = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer = normalizers.BertNormalizer()
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    t.train_from_iterator(
        (TEXTS.split("\n")[:17] + TEXTS.split("\n")[21:22]) * 3,
        trainers.WordPieceTrainer(vocab_size=1100, special_tokens=SPECIAL, show_progress=False, limit_alphabet=420))
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", t.token_to_id("[CLS]")), ("[SEP]", t.token_to_id("[SEP]"))])
    t.save(HERE + "/tokenizer.json", pretty=False)
    return t


def cases(t):
    """Ids of every line, of the whole, of words around the longest, and of random mixtures."""
    texts = TEXTS.split("\n") + [TEXTS, "", " ", "\t", "a" * 99, "a" * 100, "a" * 101, "é" * 100, "é" * 101,
             "😀" * 100, "😀" * 101, "a" * 5000 + " b", "the" * 33, "the" * 34, "a." * 300, "\u0301" * 200, "a" + "\u0301" * 200 + "b"]
    random.seed(7)
    alphabet = sorted(set(TEXTS))
    for _ in range(150):
        texts.append("".join(random.choice(alphabet + [" "] * 30) for _ in range(random.randrange(1, 60))))
    out = [{"text": x, "ids": t.encode(x, add_special_tokens=False).ids} for x in texts]
    with open(HERE + "/cases.json", "w") as f:
        json.dump({"cases": out}, f, ensure_ascii=True, separators=(",", ":"))


L, D, H, F, P = 2, 48, 4, 72, 40
CONFIG = dict(model_type="bert", architectures=["BertModel"], hidden_act="gelu", hidden_size=D, num_hidden_layers=L,
              num_attention_heads=H, intermediate_size=F, max_position_embeddings=P, type_vocab_size=2,
              layer_norm_eps=1e-12, position_embedding_type="absolute", pad_token_id=0)


def weights(vocab):
    r = np.random.default_rng(11)
    w = {}
    def matrix(name, n, d, s=None): w[name] = (r.standard_normal((n, d)) * (s or 1.5 / math.sqrt(d))).astype("<f4")
    def vector(name, n, mean): w[name] = (mean + r.standard_normal(n) * 0.2).astype("<f4")
    matrix("embeddings.word_embeddings.weight", vocab, D, 0.5)
    matrix("embeddings.position_embeddings.weight", P, D, 0.3)
    matrix("embeddings.token_type_embeddings.weight", 2, D, 0.3)
    vector("embeddings.LayerNorm.weight", D, 1); vector("embeddings.LayerNorm.bias", D, 0)
    for i in range(L):
        p = f"encoder.layer.{i}."
        for n in ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"]:
            matrix(p + n + ".weight", D, D); vector(p + n + ".bias", D, 0)
        matrix(p + "intermediate.dense.weight", F, D); vector(p + "intermediate.dense.bias", F, 0)
        matrix(p + "output.dense.weight", D, F); vector(p + "output.dense.bias", D, 0)
        for n in ["attention.output.LayerNorm", "output.LayerNorm"]:
            vector(p + n + ".weight", D, 1); vector(p + n + ".bias", D, 0)
    matrix("pooler.dense.weight", D, D); vector("pooler.dense.bias", D, 0)
    return w


def save(w):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for n, a in w.items():
        header[n] = {"dtype": "F32", "shape": list(a.shape), "data_offsets": [at, at + a.nbytes]}
        at += a.nbytes
    h = json.dumps(header).encode()
    h += b" " * (-len(h) % 8)
    with open(HERE + "/model.safetensors", "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h)
        for a in w.values():
            f.write(a.tobytes())


erf = np.vectorize(math.erf)


def forward(w, ids):
    w = {k: v.astype(np.float64) for k, v in w.items()}
    def lin(x, n): return x @ w[n + ".weight"].T + w[n + ".bias"]
    def norm(x, n):
        m = x.mean(-1, keepdims=True); v = ((x - m) ** 2).mean(-1, keepdims=True)
        return (x - m) / np.sqrt(v + 1e-12) * w[n + ".weight"] + w[n + ".bias"]
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)] \
        + w["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    S = D // H
    for i in range(L):
        p = f"encoder.layer.{i}."
        q, k, v = (lin(x, p + "attention.self." + n).reshape(-1, H, S).transpose(1, 0, 2) for n in ("query", "key", "value"))
        s = q @ k.transpose(0, 2, 1) / math.sqrt(S)
        e = np.exp(s - s.max(-1, keepdims=True)); a = (e / e.sum(-1, keepdims=True)) @ v
        x = norm(x + lin(a.transpose(1, 0, 2).reshape(-1, D), p + "attention.output.dense"), p + "attention.output.LayerNorm")
        g = lin(x, p + "intermediate.dense"); g = g / 2 * (1 + erf(g / math.sqrt(2)))
        x = norm(x + lin(g, p + "output.dense"), p + "output.LayerNorm")
    return x


def main():
    t = tokenizer()
    cases(t)
    w = weights(t.get_vocab_size())
    save(w)
    json.dump(dict(CONFIG, vocab_size=t.get_vocab_size()), open(HERE + "/config.json", "w"), indent=1)
    json.dump([{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
               {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
               {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}],
              open(HERE + "/modules.json", "w"), indent=1)
    json.dump({"word_embedding_dimension": D, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
               "pooling_mode_max_tokens": False}, open(HERE + "/1_Pooling/config.json", "w"), indent=1)
    json.dump({"max_seq_length": 32, "do_lower_case": False}, open(HERE + "/sentence_bert_config.json", "w"))
    expected = []
    for text in ["The quick brown fox", "a", "", "Der faule Hund springt", "running runner runs ran embeddings",
                 "x=2**10; if (a<b && c>=d)", "the lazy dog, again and again; is it not tired?"]:
        ids = t.encode(text).ids
        assert len(ids) <= 32, (text, len(ids))
        x = forward(w, ids).mean(0)
        expected.append({"text": text, "ids": ids, "embedding": [round(float(v), 8) for v in x / np.linalg.norm(x)]})
    json.dump({"cases": expected}, open(HERE + "/expected.json", "w"), ensure_ascii=True, separators=(",", ":"))


main()
