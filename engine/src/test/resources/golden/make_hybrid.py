"""Writes {qwen3next-yarn,qwen3next-mtp,qwen35-mtp}/model.gguf from the config.json and model.safetensors of the same
golden model, with the transforms of the usual converter (gguf-py 0.1x; F32).

usage: python make_hybrid.py FOLDER OUT.gguf
"""
import json, struct, sys
import numpy as np
from gguf import GGUFWriter

config = json.load(open(sys.argv[1] + "/config.json"))
raw = open(sys.argv[1] + "/model.safetensors", "rb").read()
n = struct.unpack("<Q", raw[:8])[0]
tensors = {}
for name, info in json.loads(raw[8:8 + n]).items():
    if name != "__metadata__":
        begin, end = info["data_offsets"]
        tensors[name] = np.frombuffer(raw[8 + n + begin:8 + n + end], dtype="<f4").reshape(info["shape"])

arch = {"qwen3_next": "qwen3next", "qwen3_5_text": "qwen35", "qwen3_5_moe_text": "qwen35moe"}[config["model_type"]]
layers, drafts = config["num_hidden_layers"], config.get("mtp_num_hidden_layers", 0)
hk, hv = config["linear_num_key_heads"], config["linear_num_value_heads"]
dk, dv = config["linear_key_head_dim"], config["linear_value_head_dim"]
r, rope = hv // hk, config["rope_parameters"]

w = GGUFWriter(sys.argv[2], arch)
w.add_block_count(layers + drafts)
w.add_context_length(config["max_position_embeddings"])
w.add_embedding_length(config["hidden_size"])
w.add_head_count(config["num_attention_heads"])
w.add_head_count_kv(config["num_key_value_heads"])
w.add_key_length(config["head_dim"])
w.add_value_length(config["head_dim"])
w.add_layer_norm_rms_eps(config["rms_norm_eps"])
w.add_rope_freq_base(rope["rope_theta"])
w.add_rope_dimension_count(int(config["head_dim"] * rope["partial_rotary_factor"]))
w.add_vocab_size(config["vocab_size"])
w.add_uint32(arch + ".full_attention_interval", 4)
if "intermediate_size" in config:
    w.add_feed_forward_length(config["intermediate_size"])
if "num_experts" in config:
    w.add_expert_count(config["num_experts"])
    w.add_expert_used_count(config["num_experts_per_tok"])
    w.add_uint32(arch + ".expert_feed_forward_length", config["moe_intermediate_size"])
    w.add_uint32(arch + ".expert_shared_feed_forward_length", config["shared_expert_intermediate_size"])
for key, value in {"conv_kernel": config["linear_conv_kernel_dim"], "state_size": dk, "group_count": hk,
                   "time_step_rank": hv, "inner_size": hv * dv}.items():
    w.add_uint32(arch + ".ssm." + key, value)
if drafts:
    w.add_uint32(arch + ".nextn_predict_layers", drafts)
if rope["rope_type"] == "yarn":
    w.add_string(arch + ".rope.scaling.type", "yarn")
    w.add_float32(arch + ".rope.scaling.factor", rope["factor"])
    w.add_uint32(arch + ".rope.scaling.original_context_length", rope["original_max_position_embeddings"])


def tiled(x, size, axis=0):
    """Value heads from g*r+j to j*hk+g, where a head takes `size` places along `axis`; qwen35 only."""
    if arch == "qwen3next":
        return x
    x = np.moveaxis(x, axis, 0)
    x = x.reshape(hk, r, size, *x.shape[1:]).swapaxes(0, 1).reshape(x.shape)
    return np.moveaxis(x, 0, axis)


PLAIN = {"self_attn.q_proj.weight": "attn_q.weight", "self_attn.k_proj.weight": "attn_k.weight",
         "self_attn.v_proj.weight": "attn_v.weight", "self_attn.o_proj.weight": "attn_output.weight",
         "mlp.gate_proj.weight": "ffn_gate.weight", "mlp.up_proj.weight": "ffn_up.weight",
         "mlp.down_proj.weight": "ffn_down.weight", "mlp.gate.weight": "ffn_gate_inp.weight",
         "mlp.shared_expert.gate_proj.weight": "ffn_gate_shexp.weight",
         "mlp.shared_expert.up_proj.weight": "ffn_up_shexp.weight",
         "mlp.shared_expert.down_proj.weight": "ffn_down_shexp.weight",
         "linear_attn.norm.weight": "ssm_norm.weight", "linear_attn.in_proj_ba.weight": "ssm_ba.weight"}
NORMS = {"input_layernorm.weight": "attn_norm.weight", "post_attention_layernorm.weight": "post_attention_norm.weight",
         "self_attn.q_norm.weight": "attn_q_norm.weight", "self_attn.k_norm.weight": "attn_k_norm.weight"}
keys = 2 * hk * dk


def block(part, x):
    """The GGUF tensors of one tensor of a layer."""
    if part in PLAIN:
        return {PLAIN[part]: x}
    if part in NORMS:
        return {NORMS[part]: x + np.float32(1)}
    match part:
        case "mlp.shared_expert_gate.weight":
            return {"ffn_gate_inp_shexp.weight": x.reshape(-1)}
        case "linear_attn.A_log":
            return {"ssm_a": tiled(-np.exp(x), 1)}
        case "linear_attn.dt_bias":
            return {"ssm_dt.bias": tiled(x, 1)}
        case "linear_attn.conv1d.weight":
            x = x[:, 0, :]
            return {"ssm_conv1d.weight": np.concatenate([x[:keys], tiled(x[keys:], dv)])}
        case "linear_attn.out_proj.weight":
            return {"ssm_out.weight": tiled(x, dv, axis=1)}
        case "linear_attn.in_proj_qkv.weight":
            return {"attn_qkv.weight": np.concatenate([x[:keys], tiled(x[keys:], dv)])}
        case "linear_attn.in_proj_z.weight":
            return {"attn_gate.weight": tiled(x, dv)}
        case "linear_attn.in_proj_b.weight":
            return {"ssm_beta.weight": tiled(x, 1)}
        case "linear_attn.in_proj_a.weight":
            return {"ssm_alpha.weight": tiled(x, 1)}
        case "linear_attn.in_proj_qkvz.weight":
            q, k, v, z = np.split(x.reshape(hk, -1, x.shape[1]), [dk, 2 * dk, 2 * dk + r * dv], axis=1)
            return {"attn_qkv.weight": np.concatenate([p.reshape(-1, x.shape[1]) for p in (q, k, v)]),
                    "attn_gate.weight": z.reshape(-1, x.shape[1])}
    raise ValueError(part)


out = {}
for name, x in tensors.items():
    if name == "model.embed_tokens.weight":
        out["token_embd.weight"] = x
    elif name == "lm_head.weight":
        out["output.weight"] = x
    elif name == "model.norm.weight":
        out["output_norm.weight"] = x + np.float32(1)
    elif name == "mtp.fc.weight":
        out[f"blk.{layers}.nextn.eh_proj.weight"] = x
    elif name == "mtp.norm.weight":
        out[f"blk.{layers}.nextn.shared_head_norm.weight"] = x + np.float32(1)
    elif name == "mtp.pre_fc_norm_embedding.weight":
        out[f"blk.{layers}.nextn.enorm.weight"] = x + np.float32(1)
    elif name == "mtp.pre_fc_norm_hidden.weight":
        out[f"blk.{layers}.nextn.hnorm.weight"] = x + np.float32(1)
    else:
        _, _, layer, part = name.split(".", 3)
        number = int(layer) + (layers if name.startswith("mtp.") else 0)
        if part.startswith("mlp.experts."):
            _, _, expert, kind, _ = part.split(".")
            out.setdefault(f"blk.{number}.ffn_{kind.removesuffix('_proj')}_exps.weight", {})[int(expert)] = x
        else:
            for new, y in block(part, x).items():
                out[f"blk.{number}.{new}"] = y
for name, x in out.items():
    if isinstance(x, dict):
        x = np.stack([x[e] for e in sorted(x)])
    w.add_tensor(name, np.ascontiguousarray(x))
w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
