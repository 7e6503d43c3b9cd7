// Removes types, so that Node before 22.18 runs TypeScript: node --import ./typescript.mjs FILE
import { readFile } from 'node:fs/promises'
import { createRequire, register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !/\.m?ts$/.test(new URL(url).pathname)) return next(url, context)
  const { transformSync } = createRequire(import.meta.url)('./wasm-typescript.cjs')
  const source = await readFile(new URL(url), 'utf8')
  const { code } = transformSync(source, { mode: 'strip-only', filename: url })
  return { format: 'module', source: code, shortCircuit: true }
}
