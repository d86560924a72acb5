# Makes gguf-py.gguf with the reference writer: pip install gguf==0.19.0; python make-gguf-py.py gguf-py.gguf
import sys
import numpy as np
import gguf
from gguf import GGUFValueType as T, GGMLQuantizationType as Q

w = gguf.GGUFWriter(sys.argv[1], "llama")
w.add_uint8("t.u8", 200); w.add_int8("t.i8", -100); w.add_uint16("t.u16", 60000); w.add_int16("t.i16", -30000)
w.add_uint32("t.u32", 4000000000); w.add_int32("t.i32", -2000000000)
w.add_uint64("t.u64", 2**63 + 1); w.add_int64("t.i64", -2**62)
w.add_float32("t.f32", 1e-6); w.add_float64("t.f64", 0.1); w.add_bool("t.bool", True)
w.add_string("t.string", "Grüße, 世界 😀")
w.add_array("t.strings", ["a", "", "ü"]); w.add_array("t.ints", [1, -2, 3]); w.add_array("t.floats", [0.5, -2.0])
w.add_array("t.bools", [True, False]); w.add_array("t.nested", [[1, 2], [3]])
rng = np.random.default_rng(7)
x = rng.standard_normal((3, 256)).astype(np.float32)
w.add_tensor("f32", x); w.add_tensor("f16", x.astype(np.float16))
for q in (Q.BF16, Q.Q8_0, Q.Q4_0, Q.Q4_1, Q.Q5_0, Q.Q5_1):
    w.add_tensor(q.name.lower(), gguf.quants.quantize(x, q), raw_dtype=q)
for q in (Q.Q4_K, Q.Q5_K, Q.Q6_K):
    w.add_tensor(q.name.lower(), rng.integers(0, 255, (3, gguf.GGML_QUANT_SIZES[q][1]), dtype=np.uint8), raw_dtype=q)
w.add_tensor("one", np.array([42.0], dtype=np.float32))
w.add_tensor("cube", np.arange(24, dtype=np.float32).reshape(2, 3, 4))
w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
for t in gguf.GGUFReader(sys.argv[1]).tensors:
    print(t.name, t.tensor_type.name, list(map(int, t.shape)), int(t.data_offset), int(t.n_bytes), int(np.asarray(t.data).view(np.uint8).astype(np.int64).sum()))
