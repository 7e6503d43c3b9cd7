#!/usr/bin/env node
import { existsSync } from 'node:fs'

const built = new URL('../dist/main.js', import.meta.url)
if (existsSync(built)) await import(built)
else {
  // A source tree that was never built
  await import(new URL('../../platform/source/register.mjs', import.meta.url))
  await import(new URL('../src/main.ts', import.meta.url))
}
