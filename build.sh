#!/usr/bin/env bash
# Builds, serves, tests and retrains Glimpse. `./build.sh help` says how.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly TOOLS=.tools
readonly BROWSER=tests/browser
readonly WASM_TARGET=wasm32-unknown-unknown
# The core with its JavaScript side: as it is published, and as the development server takes it.
readonly WASM_OUT=target/site-wasm
readonly WASM_DEV_OUT=target/site-wasm-dev
# The second core, for the exhibit "Your model".
readonly ONNX_OUT=target/site-onnx
# What rustc uses of WebAssembly, and every browser has: wasm-opt must not write anything newer.
readonly WASM_FEATURES=(--enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext
  --enable-mutable-globals --enable-reference-types --enable-multivalue)
# Features of the core: the browser tests want `compare_kernels`, which the published core is without.
FEATURES=${FEATURES:-}

usage() {
  cat <<'TEXT'
./build.sh            the same as ./build.sh serve
./build.sh dev        set up what is missing, serve http://localhost:5173 and rebuild what is changed, page or core
./build.sh serve      set up what is missing, build, serve http://localhost:8080 (PORT=… takes another port)
./build.sh site       write site/: static files for any host and any path
./build.sh test       everything the CI runs: format, lints, native tests, type check, site, sizes, browser tests
./build.sh browser [FILE…]   only the browser tests (or only these files of tests/browser)
./build.sh fuzz SECONDS   give the core random pictures, models, settings and texts for so long (FUZZ_SEED=… takes others)
./build.sh types      write www/kit/core-types.ts and onnx-types.ts again: the cores' types as the page knows them
./build.sh core       compile the core for the development server: what dev does when Rust has changed
./build.sh bench      measure ours against ONNX Runtime Web, write benches/RESULTS.md (ROUNDS=3 tries it out)
./build.sh cached     record the cached runs of the page again, and take the start page's pictures of them
./build.sh train NAME --data DIR [--work DIR]   train one model of models/manifest.json again
TEXT
}

say() { printf '\n\033[1m· %s\033[0m\n' "$*"; }

fail() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

# timed WHAT COMMAND…: says what begins and how long it took. COMMAND is one command, or a function whose commands are
# joined by && or ||: errexit does not reach inside.
timed() {
  local what=$1 start=$SECONDS status=0
  shift
  say "$what"
  "$@" || status=$?
  printf '  %s: %d s\n' "$what" $((SECONDS - start))
  return "$status"
}

need() {
  command -v "$1" >/dev/null || fail "$1 is missing: $2"
}

# fresh STAMP INPUT…: true when STAMP was written (by `stamp`) for these very inputs.
digest() { cat -- "$@" | git hash-object --stdin; }
fresh() { [[ -f $1 && $(<"$1") == "$(digest "${@:2}")" ]]; }
stamp() { digest "${@:2}" >"$1"; }

# ---------------------------------------------------------------- tools

need_rust() {
  PATH=$PATH:$HOME/.cargo/bin
  need cargo "install Rust with  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
}

need_node() {
  need node "install Node 20.19 or newer from https://nodejs.org or with  apt install nodejs npm"
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    fail "node $(node --version) is too old: install 20.19 or newer from https://nodejs.org"
  need npm "it comes with Node: install it with  apt install npm"
}

need_python() {
  need python3 "install it with  apt install python3 python3-venv"
}

# node_packages FOLDER WHAT: what FOLDER/package-lock.json lists.
node_packages() {
  need_node
  local folder=$1 lock=$1/package-lock.json
  fresh "$folder/node_modules/.stamp" "$lock" && return
  timed "Installing $2" npm --prefix "$folder" ci --no-audit --no-fund
  stamp "$folder/node_modules/.stamp" "$lock"
}

page_packages() { node_packages www "what builds the page"; }
test_packages() { node_packages "$BROWSER" "what drives the browser"; }

wasm_target() {
  need_rust
  [[ -d $(rustc --print sysroot)/lib/rustlib/$WASM_TARGET ]] && return
  need rustup "the target $WASM_TARGET is missing and rustup, which installs it, too: see https://rustup.rs"
  timed "Installing the Rust target $WASM_TARGET" rustup target add "$WASM_TARGET"
}

find_chromium() {
  test_packages
  CHROMIUM=$(node "$BROWSER/tools/chromium.mjs")
  export CHROMIUM
}

# Both cores, with what writes the page's types.
readonly ALL=(--package glimpse --package glimpse-onnx --features glimpse-onnx/types)

# The native tests of the GPU's kernels run on the software Vulkan that comes with Chromium.
native_tests() {
  find_chromium && software_vulkan && cargo test --locked "${ALL[@]}"
}

software_vulkan() {
  local folder
  for folder in "$(dirname "$(readlink -f "$CHROMIUM")")" /usr/lib/chromium /usr/lib/chromium-browser; do
    [[ -f $folder/vk_swiftshader_icd.json ]] || continue
    export LD_LIBRARY_PATH=$folder VK_ICD_FILENAMES=$folder/vk_swiftshader_icd.json
    return
  done
  fail "no vk_swiftshader_icd.json beside $CHROMIUM: the tests of the GPU need its software Vulkan"
}

# ---------------------------------------------------------------- build

# compile PROFILE PACKAGE…: cores as WebAssembly.
compile() {
  cargo build --locked --profile "$1" --lib --target "$WASM_TARGET" ${FEATURES:+--features "glimpse/$FEATURES"} "${@:2}"
}

# bindgen WASM FOLDER [--names]: the JavaScript side, made by the library that the wasm-bindgen command is made of.
bindgen() {
  cargo run --locked --quiet --profile tool --package glimpse-bindgen -- "$@"
}

# What the core needs once it is compiled: ready before that, as one core of the machine has nothing else to do.
prepare_bindgen() {
  page_packages && cargo build --locked --quiet --profile tool --package glimpse-bindgen
}

# Both cores in one go: they share most of their dependencies.
build_wasm() {
  wasm_target
  local built=target/$WASM_TARGET/release prepared
  prepare_bindgen &
  prepared=$!
  timed "Compiling the Rust cores to WebAssembly (minutes the first time)" compile release --package glimpse --package glimpse-onnx
  wait "$prepared"
  if ! fresh "$ONNX_OUT/.stamp" "$built/glimpse_onnx.wasm" build.sh; then
    rm -rf "$ONNX_OUT"
    timed "Making the second core's JavaScript side" bindgen "$built/glimpse_onnx.wasm" "$ONNX_OUT"
    stamp "$ONNX_OUT/.stamp" "$built/glimpse_onnx.wasm" build.sh
  fi
  fresh "$WASM_OUT/.stamp" "$built/glimpse.wasm" build.sh && return
  rm -rf "$WASM_OUT"
  timed "Making the JavaScript side" bindgen "$built/glimpse.wasm" "$WASM_OUT"
  timed "Shrinking the WebAssembly" optimise_wasm
  stamp "$WASM_OUT/.stamp" "$built/glimpse.wasm" build.sh
}

# Of the first core only: the second gains 2 % once it is compressed. -O1 is 4 % smaller once it is compressed, and three times as quick, but DRAW's encoder ran 1.4 times as long with it.
optimise_wasm() {
  local wasm=$WASM_OUT/glimpse_bg.wasm
  www/node_modules/.bin/wasm-opt -Os "${WASM_FEATURES[@]}" "$wasm" -o "$wasm.small" && mv "$wasm.small" "$wasm"
}

# The core for the development server: quick to compile, and with the names of its functions. The folder changes at once, so
# that no half of it is served.
build_dev_wasm() {
  wasm_target
  compile wasm-dev --package glimpse
  local built=target/$WASM_TARGET/wasm-dev/glimpse.wasm
  fresh "$WASM_DEV_OUT/.stamp" "$built" && return
  bindgen "$built" "$WASM_DEV_OUT" --names
  stamp "$WASM_DEV_OUT/.stamp" "$built"
}

write_site() { timed "Writing site/" npm --prefix www run --silent build; }

build_site() {
  build_wasm
  write_site
}

# ---------------------------------------------------------------- commands

dev() {
  page_packages
  timed "Compiling the Rust core for development (minutes the first time)" build_dev_wasm
  exec node www/build/dev.mjs
}

serve() {
  build_site
  exec node "$BROWSER/tools/server.mjs" site "${PORT:-8080}"
}

write_types() {
  need_rust
  timed "Writing www/kit/core-types.ts and onnx-types.ts" env WRITE_TYPES=1 cargo test --locked --quiet "${ALL[@]}" the_page_s_types
}

browser_tests() {
  local files=("$@")
  ((${#files[@]})) || files=("$BROWSER"/*.test.mjs)
  find_chromium
  # The limit, in milliseconds, is a file's: a process that hangs must not take the whole run with it.
  node --test --test-concurrency=3 --test-timeout=1200000 --test-reporter=spec "${files[@]}"
}

# check WHAT COMMAND…: one part of the test run; a red part does not hide the state of the others.
PASSED=0
FAILED=0
RED=()
check() {
  local what=$1 log=$TOOLS/test.log status=0
  shift
  timed "$what" "$@" 2>&1 | tee "$log" || status=1
  # A part that counts its own tests (cargo, node) is counted by them, any other as one.
  local passed failed
  read -r passed failed < <(awk '
    /^test result:/ { passed += $4; failed += $6 }
    /^[^ ]* pass [0-9]+$/ { passed += $3 }
    /^[^ ]* fail [0-9]+$/ { failed += $3 }
    END { print passed + 0, failed + 0 }' "$log")
  ((passed + failed == 0 && status == 0)) && passed=1
  ((failed == 0 && status != 0)) && failed=1
  ((failed == 0)) || RED+=("$what")
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
}

# The registry in src/exhibits/mod.rs declares its modules in a macro, which cargo fmt does not follow.
formatted() {
  cargo fmt --check && rustfmt --check --edition 2024 src/exhibits/*.rs
}

lints() {
  cargo clippy --locked "${ALL[@]}" --all-targets -- -D warnings &&
    cargo clippy --locked --lib --target "$WASM_TARGET" --features shader_check -- -D warnings &&
    cargo clippy --locked --package glimpse-bindgen -- -D warnings
}

# What a background job wrote, and its exit status.
ended() {
  cat "$1"
  return "$2"
}

run_tests() {
  export FEATURES=shader_check
  mkdir -p "$TOOLS"
  wasm_target
  page_packages
  test_packages
  # One release build, beside the native tests: for minutes at its end it keeps only one core busy.
  local log=$TOOLS/site.log site status=0
  ./build.sh site >"$log" 2>&1 &
  site=$!
  check "Format" formatted
  check "Lints" lints
  check "Native tests" native_tests
  check "Type check of www/" www/node_modules/.bin/tsc --project www/tsconfig.json
  check "Tests of the page's modules" node --test --test-reporter=spec tests/page/*.test.mjs
  say "Waiting for the site"
  wait "$site" || status=$?
  check "Site" ended "$log" "$status"
  check "Browser tests" ./build.sh browser
  ((FAILED == 0)) || printf '\nred: %s\n' "${RED[@]}"
  printf '\n%d passed, %d failed\n' "$PASSED" "$FAILED"
  ((FAILED == 0))
}

# The native tests hold a slice of it: 20 s.
fuzz() {
  need_rust
  FUZZ_SECONDS=$1 cargo test --locked --test fuzz -- --nocapture
}

bench() {
  build_site
  find_chromium
  node_packages benches "what the bench measures against"
  timed "Measuring" node benches/bench.mjs
}

record_cached_runs() {
  build_site
  find_chromium
  timed "Recording the cached runs" node "$BROWSER/tools/record.mjs"
  build_site
  timed "Taking the start page's pictures" node "$BROWSER/tools/stills.mjs"
}

# train NAME --data DIR…: one family of models/train makes all models of an exhibit.
train() {
  local name=${1:-} family arguments=("${@:2}")
  case $name in
    translate-*) family=translation ;;
    handwriting*) family=handwriting ;;
    vqa*) family=questions ;;
    ram-* | draw-read-*) family=glimpses ;;
    stn-mnist) family=spatial ;;
    stn-birds) family=birds ;;
    action*) family=actions ;;
    saliency | dense-encoder) family=saliency ;;
    scale) family=scales ;;
    vit-*) family=vision ;;
    cloze) family=cloze ;;
    draw-*) family=draw ;;
    caption-*) family=captions ;;
    *) fail "train which model? ./build.sh train NAME --data DIR, with NAME one of $(cd models && echo */)" ;;
  esac
  need_python
  local venv=$TOOLS/venv requirements=models/train/requirements.txt
  if ! fresh "$venv/.stamp" "$requirements"; then
    python3 -m venv "$venv" || fail "python's venv is missing: apt install python3-venv"
    timed "Installing PyTorch and its friends into $venv" "$venv/bin/pip" install --quiet -r "$requirements"
    stamp "$venv/.stamp" "$requirements"
  fi
  [[ " ${arguments[*]} " == *" --work"* ]] || arguments+=(--work "$TOOLS/work")
  PYTHONPATH=models exec "$venv/bin/python" -m "train.$family" --name "$name" "${arguments[@]}"
}

case ${1:-serve} in
  dev) dev ;;
  serve) serve ;;
  site) build_site ;;
  test) run_tests ;;
  browser)
    FEATURES=shader_check
    build_site
    browser_tests "${@:2}"
    ;;
  types) write_types ;;
  core) timed "Core" build_dev_wasm ;;
  fuzz) fuzz "${2:-60}" ;;
  bench) bench ;;
  cached) record_cached_runs ;;
  train) train "${@:2}" ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    fail "no command $1"
    ;;
esac
