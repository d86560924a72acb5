"""Writes mixes.json: which type llama.cpp's quantize gives each tensor of some made-up models.

usage: python make_mixes.py FOLDER   (pip install gguf; FOLDER holds libllama.*.so and libggml*.so)
The models are headers over empty (sparse) data, and the library is asked for a dry run.
"""

import ctypes
import glob
import json
import os
import re
import sys
import tempfile

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter

MIXES = {"q8_0": 7, "q6_k": 18, "q5_k_m": 17, "q5_1": 9, "q5_0": 8, "q4_k_m": 15, "q4_1": 3, "q4_0": 2,
         "f16": 1, "bf16": 32, "f32": 0}


class Parameters(ctypes.Structure):
    # The first fields of llama_model_quantize_params; what follows is left as it is.
    _fields_ = [(n, ctypes.c_int32) for n in ("threads", "file_type", "output_type", "embedding_type")] + [
        (n, ctypes.c_bool) for n in ("requantize", "output", "only_copy", "pure", "keep_split", "dry_run")
    ] + [("rest", ctypes.c_uint8 * 246)]


def library(folder):
    for name in ("libggml-base.so", "libggml-cpu-x64.so", "libggml.*.so"):
        for found in glob.glob(os.path.join(folder, name)):
            ctypes.CDLL(found, mode=ctypes.RTLD_GLOBAL)
    llama = ctypes.CDLL(glob.glob(os.path.join(folder, "libllama.v*.so"))[0])
    llama.llama_model_quantize_default_params.restype = Parameters
    llama.llama_model_quantize.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Parameters)]
    llama.llama_model_quantize.restype = ctypes.c_uint32
    llama.llama_backend_init()
    return llama


def dense(width, ffn, layers, kv, tied, head=64):
    tensors = [("token_embd.weight", [width, 320]), ("output_norm.weight", [width])]
    if not tied:
        tensors.append(("output.weight", [width, 320]))
    for i in range(layers):
        b = f"blk.{i}."
        tensors += [(b + "attn_norm.weight", [width]), (b + "attn_q.weight", [width, width]),
                    (b + "attn_k.weight", [width, kv * head]), (b + "attn_v.weight", [width, kv * head]),
                    (b + "attn_v.bias", [kv * head]), (b + "attn_output.weight", [width, width]),
                    (b + "ffn_norm.weight", [width]), (b + "ffn_gate.weight", [width, ffn]),
                    (b + "ffn_up.weight", [width, ffn]), (b + "ffn_down.weight", [ffn, width])]
    return tensors


def experts(width, ffn, layers, kv, count, shared=0, head=64):
    tensors = [t for t in dense(width, ffn, layers, kv, False, head) if not re.search("ffn_(gate|up|down).weight", t[0])]
    for i in range(layers):
        b = f"blk.{i}."
        tensors += [(b + "ffn_gate_inp.weight", [width, count]), (b + "ffn_gate_exps.weight", [width, ffn, count]),
                    (b + "ffn_up_exps.weight", [width, ffn, count]), (b + "ffn_down_exps.weight", [ffn, width, count])]
        if shared:
            tensors += [(b + "ffn_gate_inp_shexp.weight", [width]), (b + "ffn_gate_shexp.weight", [width, shared]),
                        (b + "ffn_up_shexp.weight", [width, shared]), (b + "ffn_down_shexp.weight", [shared, width])]
    return tensors


def hybrid(width, layers):
    tensors = []
    for name, shape in experts(width, 512, layers, 2, 64, 512):
        layer = re.match(r"blk\.(\d+)\.attn_(q|k|v|output)\.", name)
        if layer and int(layer[1]) % 4 != 3:
            continue
        tensors.append((name, shape))
    for i in range(layers):
        if i % 4 != 3:
            b = f"blk.{i}."
            tensors += [(b + "attn_qkv.weight", [width, 1024]), (b + "attn_gate.weight", [width, 512]),
                        (b + "ssm_ba.weight", [width, 16]), (b + "ssm_conv1d.weight", [4, 1024]),
                        (b + "ssm_a", [8]), (b + "ssm_dt.bias", [8]), (b + "ssm_norm.weight", [64]),
                        (b + "ssm_out.weight", [512, width])]
    return tensors


def tall(width, layers):
    """A few of the tensors of many layers are enough."""
    names = ("token_embd", "output.weight", "attn_v.weight", "attn_q.weight", "ffn_down.weight")
    return [t for t in dense(width, 512, layers, 1, False) if t[0].split(".", 2)[-1].startswith(names) or t[0].startswith(names)]


def pairs(architecture, width, layers, heads, kv, ffn, count=0, head=64):
    a = architecture + "."
    found = {"general.architecture": architecture, a + "block_count": layers, a + "context_length": 4096,
             a + "embedding_length": width, a + "feed_forward_length": ffn, a + "attention.head_count": heads,
             a + "attention.head_count_kv": kv, a + "attention.layer_norm_rms_epsilon": 1e-6,
             a + "rope.freq_base": 1e4, a + "vocab_size": 320, a + "attention.key_length": head,
             a + "attention.value_length": head}
    if count:
        found |= {a + "expert_count": count, a + "expert_used_count": 2, a + "expert_feed_forward_length": ffn}
    if architecture == "gemma3":
        found |= {a + "attention.sliding_window": 512}
    if architecture == "qwen3next":
        found |= {a + "ssm.conv_kernel": 4, a + "ssm.inner_size": 512, a + "ssm.state_size": 64, a + "ssm.time_step_rank": 8,
                  a + "ssm.group_count": 4, a + "expert_shared_feed_forward_length": 512, a + "rope.dimension_count": 16}
    return found


MODELS = [
    ("dense", pairs("llama", 512, 30, 8, 2, 1024), dense(512, 1024, 30, 2, False)),
    ("eleven layers, not whole blocks", pairs("qwen2", 576, 11, 9, 3, 1536), dense(576, 1536, 11, 3, True)),
    ("odd rows", pairs("gemma3", 640, 6, 10, 1, 2064), dense(640, 2064, 6, 1, True)),
    ("seventy", pairs("llama", 256, 80, 4, 1, 512), tall(256, 80)),
    ("seventy of qwen", pairs("qwen2", 256, 80, 4, 1, 512), tall(256, 80)),
    ("eight experts", pairs("llama", 512, 16, 8, 2, 512, 8), experts(512, 512, 16, 2, 8)),
    ("many experts", pairs("qwen3moe", 512, 13, 8, 2, 256, 64), experts(512, 256, 13, 2, 64)),
    ("hybrid", pairs("qwen3next", 512, 12, 8, 2, 512, 64), hybrid(512, 12)),
]


def header(path, keys, tensors):
    w = GGUFWriter(path, keys["general.architecture"])
    for key, value in keys.items():
        if isinstance(value, float):
            w.add_float32(key, value)
        elif isinstance(value, int):
            w.add_uint32(key, value)
    size = 0
    for name, shape in tensors:
        kind = np.dtype(np.float32 if len(shape) == 1 or "conv1d" in name or "gate_inp" in name else np.float16)
        bytes_ = int(np.prod(shape)) * kind.itemsize
        w.add_tensor_info(name, list(reversed(shape)), kind, bytes_)
        size += (bytes_ + 31) // 32 * 32
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_ti_data_to_file()
    w.close()
    os.truncate(path, (os.path.getsize(path) + 31) // 32 * 32 + size)


def types(llama, path, mix):
    parameters = llama.llama_model_quantize_default_params()
    parameters.threads, parameters.file_type, parameters.dry_run = 1, MIXES[mix], True
    parameters.requantize = True
    log = tempfile.TemporaryFile()
    kept = os.dup(2)
    os.dup2(log.fileno(), 2)
    result = llama.llama_model_quantize(path.encode(), (path + ".out").encode(), ctypes.byref(parameters))
    os.dup2(kept, 2)
    log.seek(0)
    text = log.read().decode()
    if result != 0:
        raise SystemExit(text)
    found = {}
    for line in text.splitlines():
        match = re.match(r"\[ *\d+/ *\d+\] +(\S+) .*type = +(\w+),(.*)", line)
        if match:
            target = re.search(r"\((\w+)\)\s*$", match[3]) if "->" in match[3] else None
            if "->" in match[3] and not target:
                raise SystemExit("not understood: " + line)
            found[match[1]] = (target[1] if target else match[2]).upper()
    return found


llama = library(sys.argv[1])
out = []
for title, keys, tensors in MODELS:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.gguf")
        header(path, keys, tensors)
        by_mix = {mix: types(llama, path, mix) for mix in MIXES}
    chosen = [[name, shape, [by_mix[mix][name] for mix in MIXES]] for name, shape in tensors]
    out.append({"title": title, "pairs": keys, "mixes": list(MIXES), "tensors": chosen})
with open("mixes.json", "w") as f:
    f.write("[\n")
    for i, model in enumerate(out):
        rows = ",\n".join(json.dumps(t, separators=(",", ":")) for t in model.pop("tensors"))
        f.write(json.dumps(model)[:-1] + ', "tensors": [\n' + rows + "\n]}" + ("," if i + 1 < len(out) else "") + "\n")
    f.write("]\n")
