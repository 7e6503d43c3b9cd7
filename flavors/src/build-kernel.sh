#!/bin/sh
# Compiles the kernel.c of a folder (clang and wasm-ld ≥ 14) and writes its module.ts: build-kernel.sh FOLDER OPTIONS
# Needed only after a change to kernel.c, which names its options.
set -eu
cd "$1"
shift
wasm=$(mktemp)
clang --target=wasm32 -nostdlib "$@" -Wl,--no-entry -Wl,--import-memory -Wl,--strip-all -o "$wasm" kernel.c
node -e '
const body = require("node:fs").readFileSync(process.argv[1]).toString("base64")
console.log(`/** kernel.c, compiled by build-kernel.sh: base64. */\nexport const COMPILED_KERNEL =\n  ${"\x27"}${body}${"\x27"}`)
' "$wasm" > module.ts
rm "$wasm"
