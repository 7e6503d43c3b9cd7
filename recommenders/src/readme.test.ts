import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const root = fileURLToPath(new URL('../../', import.meta.url))

/** Runs a program from a file inside the repository, so that it finds the packages; returns its output. */
async function run(program: string): Promise<string> {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/readme-'))
  const file = join(folder, 'example.mjs')
  try {
    writeFileSync(file, program)
    return (await promisify(execFile)(process.execPath, [file], { cwd: root })).stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the example of the README runs', async () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readme)!
  expect(await run(example!)).toMatch(/^NDCG@10 0\.\d{3} \(0\.\d{3}–0\.\d{3}\), 200 users\n$/)
}, 120_000)
