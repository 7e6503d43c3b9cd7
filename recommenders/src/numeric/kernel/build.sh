#!/bin/sh
# Compiles kernel.c (clang and wasm-ld ≥ 14) of this folder, or of the one named, and writes its module.ts.
# Needed only after a change to kernel.c.
set -eu
cd "${1:-$(dirname "$0")}"
wasm=$(mktemp)
compile="clang --target=wasm32 -nostdlib -O2 -fno-math-errno -msimd128 -matomics -mbulk-memory"
if $compile -S kernel.c -o - | grep -q __stack_pointer; then
  echo 'kernel.c uses the C stack, which its threads would share' >&2
  exit 1
fi
$compile -Wl,--no-entry -Wl,--import-memory -Wl,--shared-memory -Wl,--max-memory=4294967296 -Wl,--strip-all \
  -o "$wasm" kernel.c
node -e '
const { deflateRawSync } = require("node:zlib")
const body = deflateRawSync(require("node:fs").readFileSync(process.argv[1]), { level: 9 }).toString("base64")
console.log(`/** kernel.c, compiled by build.sh: raw deflate, base64. */\nexport const COMPILED_KERNEL =\n  ${"\x27"}${body}${"\x27"}`)
' "$wasm" > module.ts
rm "$wasm"
