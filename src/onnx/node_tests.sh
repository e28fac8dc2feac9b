#!/usr/bin/env bash
# Writes src/onnx/NODE_TESTS.md: how many of the onnx package's backend node tests pass, by operator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly VERSION=${ONNX_VERSION:-1.23.2} VENV=target/onnx-venv DATA=target/onnx-node-tests
[[ -d $VENV ]] || python3 -m venv "$VENV"
"$VENV/bin/pip" install --quiet "onnx==$VERSION" numpy pillow
[[ -d $DATA/node ]] || "$VENV/bin/backend-test-tools" generate-data --output "$DATA"
{
  printf '# The node tests of onnx %s\n\nMade by `src/onnx/node_tests.sh`. A test passes when the second core reads its file and gives the numbers that it expects.\n\n' "$VERSION"
  cargo run --locked --quiet --package glimpse-onnx --example node_tests -- "$DATA/node"
} >src/onnx/NODE_TESTS.md.new
mv src/onnx/NODE_TESTS.md.new src/onnx/NODE_TESTS.md
