#!/usr/bin/env bash
# Builds, serves, tests and retrains Glimpse. `./build.sh help` says how.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly TOOLS=.tools
readonly BROWSER=tests/browser
readonly WASM_TARGET=wasm32-unknown-unknown
readonly WASM_OUT=target/site-wasm
# What rustc uses of WebAssembly, and every browser has: wasm-opt must not write anything newer.
readonly WASM_FEATURES=(--enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext
  --enable-mutable-globals --enable-reference-types --enable-multivalue)

usage() {
  cat <<'TEXT'
./build.sh            the same as ./build.sh serve
./build.sh serve      set up what is missing, build, serve http://localhost:8080 (PORT=… takes another port)
./build.sh site       write site/: static files for any host and any path
./build.sh test       everything the CI runs: format, lints, native tests, type check, site, sizes, browser tests
./build.sh browser [FILE…]   only the browser tests (or only these files of tests/browser)
./build.sh bench      measure ours against ONNX Runtime Web, write benches/RESULTS.md (ROUNDS=3 tries it out)
./build.sh cached     record the cached runs of www/cached again
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
  need node "install Node 20.15 or newer from https://nodejs.org or with  apt install nodejs npm"
  node -e 'process.exit(require("node:zlib").crc32 ? 0 : 1)' ||
    fail "node $(node --version) is too old: install 20.15 or newer from https://nodejs.org"
  need npm "it comes with Node: install it with  apt install npm"
}

need_python() {
  need python3 "install it with  apt install python3 python3-venv"
}

node_packages() {
  need_node
  local lock=$BROWSER/package-lock.json
  fresh "$BROWSER/node_modules/.stamp" "$lock" && return
  timed "Installing the node packages (TypeScript, wasm-opt, the browser tests' driver)" \
    npm --prefix "$BROWSER" ci --no-audit --no-fund
  stamp "$BROWSER/node_modules/.stamp" "$lock"
}

wasm_target() {
  need_rust
  [[ -d $(rustc --print sysroot)/lib/rustlib/$WASM_TARGET ]] && return
  need rustup "the target $WASM_TARGET is missing and rustup, which installs it, too: see https://rustup.rs"
  timed "Installing the Rust target $WASM_TARGET" rustup target add "$WASM_TARGET"
}

# The wasm-bindgen CLI must be of the very version the crate is locked to.
bindgen() {
  local version
  version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)
  BINDGEN=$(command -v wasm-bindgen || true)
  [[ -n $BINDGEN && $("$BINDGEN" --version) == "wasm-bindgen $version" ]] && return
  BINDGEN=$TOOLS/wasm-bindgen-$version/bin/wasm-bindgen
  [[ -x $BINDGEN ]] && return
  timed "Installing wasm-bindgen $version (about two minutes)" install_bindgen "$version"
}

# With --locked first, as is safest; without it where a locked dependency cannot be had.
install_bindgen() {
  local install=(cargo install wasm-bindgen-cli --version "$1" --root "$TOOLS/wasm-bindgen-$1" --quiet)
  "${install[@]}" --locked || "${install[@]}"
}

find_chromium() {
  CHROMIUM=$(node "$BROWSER/tools/chromium.mjs")
  export CHROMIUM
}

# The native tests of the GPU's kernels run on the software Vulkan that comes with Chromium.
native_tests() {
  find_chromium && software_vulkan && cargo test --locked
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

build_wasm() {
  wasm_target
  bindgen
  node_packages
  timed "Compiling the Rust core to WebAssembly (minutes the first time)" \
    cargo build --locked --release --lib --target "$WASM_TARGET"
  local built=target/$WASM_TARGET/release/glimpse.wasm
  fresh "$WASM_OUT/.stamp" "$built" build.sh && return
  rm -rf "$WASM_OUT"
  timed "Making the JavaScript side" \
    "$BINDGEN" --target web --no-typescript --out-dir "$WASM_OUT" "$built"
  timed "Shrinking the WebAssembly" optimise_wasm
  stamp "$WASM_OUT/.stamp" "$built" build.sh
}

optimise_wasm() {
  local wasm=$WASM_OUT/glimpse_bg.wasm
  "$BROWSER/node_modules/.bin/wasm-opt" -Os "${WASM_FEATURES[@]}" "$wasm" -o "$wasm.small" && mv "$wasm.small" "$wasm"
}

build_site() {
  build_wasm
  timed "Writing site/" node "$BROWSER/tools/site.mjs" www models "$WASM_OUT" site
}

# ---------------------------------------------------------------- commands

serve() {
  build_site
  exec node "$BROWSER/tools/server.mjs" site "${PORT:-8080}"
}

browser_tests() {
  local files=("$@")
  ((${#files[@]})) || files=("$BROWSER"/*.test.mjs)
  find_chromium
  node --test --test-concurrency=1 --test-reporter=spec "${files[@]}"
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

run_tests() {
  mkdir -p "$TOOLS"
  wasm_target
  node_packages
  check "Format" cargo fmt --check
  check "Lints" cargo clippy --locked --all-targets -- -D warnings
  check "Lints, WebAssembly" cargo clippy --locked --lib --target "$WASM_TARGET" -- -D warnings
  check "Native tests" native_tests
  check "Type check of www/" "$BROWSER/node_modules/.bin/tsc" --project tsconfig.json
  # Without the web room the core gives the page nothing to call, so there is no site for a browser to open.
  if [[ -d src/web ]]; then
    check "Site" ./build.sh site
    check "Browser tests" ./build.sh browser
  else
    say "Left out: site and browser tests, because src/web does not exist yet"
  fi
  ((FAILED == 0)) || printf '\nred: %s\n' "${RED[@]}"
  printf '\n%d passed, %d failed\n' "$PASSED" "$FAILED"
  ((FAILED == 0))
}

bench() {
  build_site
  find_chromium
  local lock=benches/package-lock.json
  if ! fresh benches/node_modules/.stamp "$lock"; then
    timed "Installing what the bench measures against" npm --prefix benches ci --no-audit --no-fund
    stamp benches/node_modules/.stamp "$lock"
  fi
  timed "Measuring" node benches/bench.mjs
}

record_cached_runs() {
  build_site
  find_chromium
  timed "Recording the cached runs" node "$BROWSER/tools/record.mjs"
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
  serve) serve ;;
  site) build_site ;;
  test) run_tests ;;
  browser)
    build_site
    browser_tests "${@:2}"
    ;;
  bench) bench ;;
  cached) record_cached_runs ;;
  train) train "${@:2}" ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    fail "no command $1"
    ;;
esac
