import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let tree: string
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'cairn-command-'))
  mkdirSync(join(tree, 'cli/bin'), { recursive: true })
  copyFileSync(new URL('../cli/bin/cairn.mjs', import.meta.url), join(tree, 'cli/bin/cairn.mjs'))
})
afterEach(() => rmSync(tree, { recursive: true }))

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(tree, path)), { recursive: true })
  writeFileSync(join(tree, path), text)
}
const start = () => execFileSync(process.execPath, [join(tree, 'cli/bin/cairn.mjs')], { encoding: 'utf8' })
const BUILD = `import { mkdirSync, writeFileSync } from 'node:fs'
  export async function build() {
    const dist = new URL('../cli/dist/', import.meta.url)
    mkdirSync(dist)
    writeFileSync(new URL('main.js', dist), 'console.log("built")')
  }`

test('the command of a tree that was never built builds it once', () => {
  write('scripts/build.mjs', BUILD)
  expect(start()).toBe('built\n')
  write('scripts/build.mjs', 'throw new Error("built again")')
  expect(start()).toBe('built\n')
})

test('a command that cannot be built runs from the sources', () => {
  write('scripts/build.mjs', 'export const build = async () => { throw new Error("no bundler") }')
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  write('platform/source/register.mjs', `import { register } from ${loader}; register()`)
  write('cli/src/main.ts', 'console.log("from the sources")')
  expect(start()).toBe('from the sources\n')
})
