#!/bin/sh
# Compiles kernel.c (clang and wasm-ld ≥ 14) and writes module.ts. Needed only after a change to kernel.c.
set -eu
cd "$(dirname "$0")"
wasm=$(mktemp)
clang --target=wasm32 -nostdlib -O3 -msimd128 -Wl,--no-entry -Wl,--import-memory -Wl,--strip-all -o "$wasm" kernel.c
node -e '
const body = require("node:fs").readFileSync(process.argv[1]).toString("base64")
console.log(`/** kernel.c, compiled by build.sh: base64. */\nexport const COMPILED_KERNEL =\n  ${"\x27"}${body}${"\x27"}`)
' "$wasm" > module.ts
rm "$wasm"
