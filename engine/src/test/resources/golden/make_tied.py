"""Writes qwen2-tied/model.gguf from the safetensors file of the same golden model (gguf-py 0.1x; F32, no transform).

usage: python make_tied.py MODEL.safetensors OUT.gguf
"""
import json, struct, sys
import numpy as np
from gguf import GGUFWriter

raw = open(sys.argv[1], "rb").read()
n = struct.unpack("<Q", raw[:8])[0]
header = json.loads(raw[8:8 + n])
names = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
         "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
w = GGUFWriter(sys.argv[2], "qwen2")
w.add_block_count(4); w.add_context_length(256); w.add_embedding_length(32); w.add_head_count(4)
w.add_head_count_kv(2); w.add_feed_forward_length(48); w.add_layer_norm_rms_eps(1e-6); w.add_rope_freq_base(1e6)
for name, info in header.items():
    if name == "__metadata__":
        continue
    begin, end = info["data_offsets"]
    data = np.frombuffer(raw[8 + n + begin:8 + n + end], dtype="<f4").reshape(info["shape"])
    if name == "model.embed_tokens.weight":
        new = "token_embd.weight"
    elif name == "model.norm.weight":
        new = "output_norm.weight"
    else:
        _, _, layer, rest = name.split(".", 3)
        part, kind = rest.rsplit(".", 1)
        new = f"blk.{layer}.{names[part]}.{kind}"
    w.add_tensor(new, data)
w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
