"""Writes input.f32 and, for each format, the blocks that the reference makes of it.

usage: python make_blocks.py [LIBGGML_BASE]
Q8_0, Q4_0, Q4_1, Q5_0, Q5_1: gguf-py (pip install gguf). Q4_K, Q5_K, Q6_K: ggml_quantize_chunk of
libggml-base, which gguf-py has no twin of; without that library those files are left alone.
"""

import ctypes
import sys

import numpy as np
from gguf import GGMLQuantizationType, quants


def inputs():
    rng = np.random.default_rng(20)
    n = lambda scale=1.0: rng.standard_normal(256) * scale
    outlier = n(0.02)
    outlier[77] = -3.5
    steps = np.tile(np.arange(-16, 16), 8) / 16.0
    sparse = np.where(rng.random(256) < 0.9, 0.0, n())
    halves = np.concatenate([np.zeros(128), n(0.05)[:128]])
    rows = [
        n(0.02), n(0.02), n(), rng.standard_t(2, 256) * 0.01, rng.random(256), -rng.random(256),
        np.zeros(256), np.full(256, 0.3), np.full(256, -0.3), n(1e-6), n(1e4), outlier, steps, sparse,
        halves, np.concatenate([n(10.0**-i)[:32] for i in range(8)]),
    ]
    return np.stack(rows).astype(np.float32)


def ggml(library, kind, x):
    base = ctypes.CDLL(library)
    base.ggml_row_size.restype = ctypes.c_size_t
    base.ggml_row_size.argtypes = [ctypes.c_int, ctypes.c_int64]
    base.ggml_quantize_chunk.restype = ctypes.c_size_t
    base.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p] + [ctypes.c_int64] * 3 + [
        ctypes.c_void_p
    ]
    out = np.zeros(x.shape[0] * base.ggml_row_size(kind, x.shape[1]), np.uint8)
    base.ggml_quantize_chunk(kind, x.ctypes.data, out.ctypes.data, 0, x.shape[0], x.shape[1], None)
    return out


x = inputs()
x.tofile("input.f32")
for name in ["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"]:
    quants.quantize(x, GGMLQuantizationType[name]).tofile(name.lower() + ".bin")
if len(sys.argv) > 1:
    for name in ["Q4_K", "Q5_K", "Q6_K"]:
        ggml(sys.argv[1], GGMLQuantizationType[name].value, x).tofile(name.lower() + ".bin")
