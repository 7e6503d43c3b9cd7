#!/usr/bin/env node
import { existsSync } from 'node:fs'

const built = new URL('../dist/main.js', import.meta.url)
const scripts = new URL('../../scripts/build.mjs', import.meta.url)

// A source tree that was never built starts eight times as slowly, and without pages for a browser
if (!existsSync(built) && existsSync(scripts)) await (await import(scripts)).build().catch(sayWhy)
if (existsSync(built)) await import(built)
else {
  await import(new URL('../../platform/source/register.mjs', import.meta.url))
  await import(new URL('../src/main.ts', import.meta.url))
}

function sayWhy(error) {
  console.error(`${error.message}\nRunning from the sources instead.`)
}
