"""Writes operators.json: what ONNX Runtime makes of GridSample, LSTM and GRU (pip install onnx onnxruntime numpy)."""

import itertools
import json
import pathlib

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def numbers(given):
    """The values that stand in the file, or height * sin(12.9898 i + seed)."""
    count = int(np.prod(given["shape"]))
    made = given.get("values", given.get("height", 1.0) * np.sin(np.arange(count) * 12.9898 + given.get("seed", 0.0)))
    return np.asarray(made, np.float64).astype(np.float32).reshape(given["shape"])


def case(operator, outputs, attributes, inputs):
    names = [f"i{i}" if given else "" for i, given in enumerate(inputs)]
    values = {name: numbers(given) for name, given in zip(names, inputs) if given}
    fed = {name: values[name] for name, given in zip(names, inputs) if given and not given.get("constant")}
    graph = helper.make_graph(
        [helper.make_node(operator, names, outputs, **attributes)],
        "case",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in fed.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs if name],
        [numpy_helper.from_array(value, name) for name, value in values.items() if name not in fed],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    told = dict(zip([name for name in outputs if name], session.run(None, fed)))
    made = [
        {"name": name, "shape": told[name].shape, "values": [float(f"{v:.7g}") for v in told[name].ravel()]} if name else None
        for name in outputs
    ]
    return {"operator": operator, "attributes": attributes, "inputs": inputs, "outputs": made}


def recurrent(operator, gates, own, steps, batch, inputs, hidden, direction, bias, state, height, constant):
    directions = 2 if direction == "bidirectional" else 1
    given = [
        {"shape": [steps, batch, inputs], "seed": 1, "height": height},
        {"shape": [directions, gates * hidden, inputs], "seed": 2, "height": 0.6, "constant": constant},
        {"shape": [directions, gates * hidden, hidden], "seed": 3, "height": 0.6, "constant": constant},
        {"shape": [directions, 2 * gates * hidden], "seed": 4, "height": 0.5, "constant": constant} if bias else None,
        None,
    ]
    outputs = ["Y", "Y_h"]
    states = [{"shape": [directions, batch, hidden], "seed": seed, "height": height} for seed in (5, 6)]
    if operator == "LSTM":
        outputs += ["Y_c"]
        given += states if state else []
    else:
        given += states[:1] if state else []
    if steps == 1 and not state:
        outputs[0] = ""
    return case(operator, outputs, {"hidden_size": hidden, "direction": direction, **own}, given)


def main():
    layers = [
        (1, 1, 3, 5, "forward", True, True, 1.0, True),
        (3, 1, 5, 7, "forward", True, False, 1.0, True),
        (3, 2, 4, 5, "reverse", True, True, 1.0, True),
        (1, 2, 3, 7, "reverse", False, False, 1.0, True),
        (3, 2, 3, 5, "bidirectional", True, True, 1.0, True),
        (2, 1, 1, 1, "forward", True, True, 1.0, True),
        (3, 2, 5, 7, "forward", False, True, 40.0, False),
    ]
    kinds = [
        ("LSTM", 4, {}),
        ("GRU", 3, {"linear_before_reset": 0}),
        ("GRU", 3, {"linear_before_reset": 1}),
    ]
    cases = [recurrent(*kind, *layer) for kind, layer in itertools.product(kinds, layers)]
    edges = [-1, -1, 1, 1, 0, 0, -1, 1, 1, -1, 0.5, -0.5, -1.25, 0.75, 1e6, -1e6, 3, 0, 0, -3, -0.75, 1]
    samples = [
        ({"shape": [2, 2, 5, 7], "seed": 1}, {"shape": [2, 3, 5, 2], "seed": 2, "height": 1.6}),
        ({"shape": [1, 1, 4, 6], "seed": 3}, {"shape": [1, 11, 1, 2], "values": edges}),
        ({"shape": [1, 3, 1, 1], "seed": 4}, {"shape": [1, 1, 11, 2], "values": edges}),
    ]
    ways = itertools.product(["bilinear", "nearest"], ["zeros", "border"], [0, 1])
    for (mode, padding, corners), (picture, grid) in itertools.product(list(ways), samples):
        attributes = {"mode": mode, "padding_mode": padding, "align_corners": corners}
        cases.append(case("GridSample", ["Y"], attributes, [picture, grid]))
    text = ",\n".join(json.dumps(one) for one in cases)
    pathlib.Path(__file__).with_suffix(".json").write_text(f"[\n{text}\n]\n")


main()
