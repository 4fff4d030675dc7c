#!/usr/bin/env bash
# Installs what labelwright needs on Debian or Ubuntu, and nothing that is there already.
#   scripts/setup.sh run    what `make run` needs: a C compiler, Rust, Node
#   scripts/setup.sh test   the same plus PostgreSQL, Chromium, fonts, programs that speak, read and decode, and the Python
#                           peers that tests talk to
# Where it may not install, it prints the exact command and stops.
set -eu

level="${1:-run}"
root="$(cd "$(dirname "$0")/.." && pwd)"
tools="$root/.tools"
rust_minimum="1.95"
node_minimum="20.19"
export PATH="$tools/node_modules/node/bin:$HOME/.cargo/bin:$PATH"

stamp="$tools/.ready-$level-$(cksum <"$0" | cut -d' ' -f1)"
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n1)" = "$1" ]; }
have() { command -v "$1" >/dev/null 2>&1; }
say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

rust_ready() { have cargo && at_least "$rust_minimum" "$(rustc --version 2>/dev/null | cut -d' ' -f2)"; }
node_ready() { have npm && have node && at_least "$node_minimum" "$(node --version | tr -d v)"; }

if [ -e "$stamp" ] && rust_ready && node_ready; then exit 0; fi
mkdir -p "$tools"

missing=()
need() { # need PACKAGE COMMAND-OR-FILE
  have "$2" || [ -e "$2" ] || missing+=("$1")
}
need build-essential cc
need curl curl
need ca-certificates /etc/ssl/certs/ca-certificates.crt
have npm || missing+=(nodejs npm)
if [ "$level" = test ]; then
  need chromium /usr/bin/chromium
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  need fonts-noto-core /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf
  need fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
  need espeak-ng espeak-ng
  need tesseract-ocr tesseract
  need ffmpeg ffmpeg
  need pocketsphinx pocketsphinx_continuous
  need pocketsphinx-en-us /usr/share/pocketsphinx/model/en-us
  need python3 python3
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
fi

if [ "${#missing[@]}" -gt 0 ]; then
  have apt-get || stop "these are missing and this is not Debian or Ubuntu; install them: ${missing[*]}"
  if [ "$(id -u)" = 0 ]; then as_root=(); elif sudo -n true 2>/dev/null; then as_root=(sudo -n); else
    stop "system packages are missing; type: sudo apt-get update && sudo apt-get install -y ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! rust_ready; then
  say "installing Rust $rust_minimum with rustup"
  have rustup || curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal --default-toolchain none
  rustup toolchain install "$rust_minimum" --profile minimal --component rustfmt --component clippy
  rustup default "$rust_minimum"
  rust_ready || stop "Rust $rust_minimum or newer is needed; see https://rustup.rs"
fi

if ! node_ready; then
  say "installing Node 22 beside the project (in .tools)"
  npm install --silent --no-save --prefix "$tools" node@22 >/dev/null
  node_ready || stop "Node $node_minimum or newer is needed; install it and run this again"
fi

if [ "$level" = test ] && [ ! -x "$tools/python/bin/moto_server" ]; then
  say "installing the test peers: an S3 server, pycocotools, a JSON Schema validator (Python packages, in .tools/python)"
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet 'moto[server]==5.2.5' pycocotools jsonschema
fi

rm -f "$tools"/.ready-"$level"-*
touch "$stamp"
