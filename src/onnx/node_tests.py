"""The backend node tests of the onnx package as JSON, for node_tests.mjs: `python node_tests.py > cases.jsonl`.

Each line holds a test's name, its operator, its model in base64, and its inputs and outputs as flat lists of numbers; null where one is
no tensor of numbers.
"""

from __future__ import annotations

import base64
import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases


def numbers(value: object) -> list | None:
    """A tensor's numbers; JSON has no NaN and no infinity, so those are words."""
    if isinstance(value, TensorProto):
        value = numpy_helper.to_array(value)
    if not isinstance(value, (np.ndarray, np.generic)) or not np.issubdtype(value.dtype, np.number) and value.dtype != bool:
        return None
    if np.iscomplexobj(value):
        return None
    flat = np.asarray(value).astype(np.float64).ravel().tolist()
    return [number if np.isfinite(number) else str(number) for number in flat]


def operator(model: onnx.ModelProto, name: str) -> str:
    """The operator that a test is of: the longest that its name begins with, or else the last one."""
    plain = name.removeprefix("test_").replace("_", "").lower()
    all_of = [node.op_type for node in model.graph.node]
    named = [one for one in all_of if plain.startswith(one.lower())]
    return max(named, key=len) if named else all_of[-1]


def main() -> None:
    for case in collect_testcases(None):
        inputs, outputs = case.data_sets[0]
        told = {
            "name": case.name,
            "operator": operator(case.model, case.name),
            "model": base64.b64encode(case.model.SerializeToString()).decode(),
            "inputs": [numbers(value) for value in inputs],
            "outputs": [numbers(value) for value in outputs],
        }
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
