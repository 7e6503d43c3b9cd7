#!/bin/sh
# Compiles kernel.c (clang and wasm-ld ≥ 14) and writes module.ts. Needed only after a change to kernel.c.
set -eu
exec "$(dirname "$0")/../../numeric/kernel/build.sh" "$(cd "$(dirname "$0")" && pwd)"
