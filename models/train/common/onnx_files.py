"""Writing ONNX files, weights in eight bits, with goldens from PyTorch; and opening them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

SMALLEST = 2048
OPSET = 17


@torch.no_grad()
def quantise(net: nn.Module) -> None:
    """Replace every large weight by its nearest value on an int8 grid, one scale an output channel (axis 0).

    Done before goldens are made and graphs are traced, so that PyTorch and the packed file agree.
    """
    for weight in net.parameters():
        if weight.dim() >= 2 and weight.numel() >= SMALLEST:
            scale = weight.flatten(1).abs().amax(1).clamp_min(1e-8) / 127
            scale = scale.reshape(-1, *[1] * (weight.dim() - 1))
            weight.copy_((weight / scale).round() * scale)


def packed(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, int] | None:
    """(int8 values, scales, axis) if `values` lie on such a grid along some axis, else None."""
    for axis in {0, values.ndim - 1}:
        others = tuple(i for i in range(values.ndim) if i != axis)
        scale = (np.abs(values).max(others, keepdims=True) / 127).astype(np.float32)
        scale[scale == 0] = 1
        whole = np.rint(values / scale)
        if np.abs(whole * scale - values).max() <= 1e-6 * np.abs(values).max():
            return whole.astype(np.int8), scale.ravel(), axis
    return None


def pack(model: onnx.ModelProto) -> None:
    """Store the quantised initializers of `model` as int8 behind a DequantizeLinear each."""
    graph, nodes = model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.ndim < 2 or values.size < SMALLEST:
            continue
        if (found := packed(values)) is None:
            continue
        whole, scale, axis = found
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(whole, f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
        inputs = [f"{name}.int8", f"{name}.scale"]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name=f"{name}.expand", axis=axis))
    for node in reversed(nodes):
        graph.node.insert(0, node)


def save(
    net: nn.Module,
    inputs: dict[str, Tensor],
    outputs: Sequence[str],
    path: Path,
    metadata: dict[str, object] | None = None,
) -> dict[str, Tensor]:
    """Trace `net` on `inputs` into the file `path`; returns PyTorch's outputs by name."""
    net.eval()
    with torch.inference_mode():
        made = net(*inputs.values())
    made = (made,) if isinstance(made, Tensor) else made
    names = {"input_names": list(inputs), "output_names": list(outputs)}
    torch.onnx.export(net, tuple(inputs.values()), str(path), opset_version=OPSET, dynamo=False, **names)
    model = onnx.load(path)
    pack(model)
    helper.set_model_props(model, {k: str(v) for k, v in (metadata or {}).items()})
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return dict(zip(outputs, made, strict=True))


def sampled(values: Tensor, most: int = 512) -> list | dict:
    """A tensor for golden.json: whole if small, else every k-th value."""
    flat = values.flatten()
    stride = -(-flat.numel() // most)
    numbers = [int(v) if not v.is_floating_point() else float(f"{v.item():.9g}") for v in flat[::stride]]
    return numbers if stride == 1 else {"stride": stride, "values": numbers}


def sine(*shape: int) -> Tensor:
    """The golden input known by its formula: value[i] = sin(0.01 i), in the order of memory."""
    count = int(np.prod(shape))
    return torch.from_numpy(np.sin(np.arange(count) * 0.01).astype(np.float32)).reshape(shape)


def write_goldens(path: Path, goldens: dict[str, tuple[dict, dict]]) -> None:
    """Write {file: {"inputs", "outputs"}}; inputs that equal `sine` are named by formula."""
    written = {}
    for stem, (inputs, outputs) in goldens.items():
        given = {
            k: {"formula": "sin"} if v.numel() > 1 and torch.equal(v, sine(*v.shape)) else sampled(v, v.numel())
            for k, v in inputs.items()
        }
        written[stem] = {"inputs": given, "outputs": {k: sampled(v) for k, v in outputs.items()}}
    path.write_text(json.dumps(written) + "\n")


def write_words(folder: Path, name: str, words: list[str]) -> None:
    """One word a line, as the browser reads them."""
    (folder / f"{name}.txt").write_text("\n".join(words) + "\n")


def session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """Opens a file, or what it holds, at a level that expands int8 weights; the extended one multiplies them as integers."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model if isinstance(model, bytes) else str(model), options)
