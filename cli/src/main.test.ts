import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** Runs the command, then loads a graph in a thread, as serving endpoints do. */
const SCRIPT = `
import { Worker } from 'node:worker_threads'
await import(process.env.MAIN)
new Worker("import('onnxruntime-node').then(({ InferenceSession }) => InferenceSession.create(process.env.GRAPH))", { eval: true })
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-main-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('prevents telemetry of libraries, and files for it, when a model is loaded', {
  timeout: 120_000,
}, () => {
  const file = (path: string) => new URL(`../../${path}`, import.meta.url)
  const { CI: _, ORT_DISABLE_TELEMETRY: __, XDG_CACHE_HOME: ___, ...env } = process.env // CI disables telemetry, too.
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name))
  const args = ['--input-type=module', '-e', SCRIPT, 'version']
  const output = execFileSync(process.execPath, args, {
    cwd: file('flavors/'),
    encoding: 'utf8',
    env: {
      ...env,
      HOME: join(folder, 'home'),
      TMPDIR: join(folder, 'tmp'),
      MAIN: file('cli/bin/cairn.mjs').href,
      GRAPH: file('flavors/src/onnx/golden/linear/model.onnx').pathname,
    },
  })
  expect(output).toMatch(/\d/)
  expect([readdirSync(join(folder, 'home')), readdirSync(join(folder, 'tmp'))]).toEqual([[], []])
})

test.each([
  [['nonsense', '--help'], 'nonsense'],
  [['models', 'nonsense'], 'nonsense'],
  [['models', 'nonsense', '--help'], 'nonsense'],
])('`cairn %j` is an error, not the help of another command', (args, name) => {
  const main = new URL('../bin/cairn.mjs', import.meta.url).pathname
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(`error: unknown command '${name}'`)
})

/** The built files that every command loads, with their text. */
function loadedByAll(url: URL, found = new Map<string, string>()): Map<string, string> {
  if (found.has(url.href)) return found
  const text = readFileSync(url, 'utf8')
  found.set(url.href, text)
  for (const [, path] of text.matchAll(/(?:^|[ }])(?:from|import) ?["'](\.[^"']+\.js)["']/gm))
    loadedByAll(new URL(path!, url), found)
  return found
}

test('does not load the server for other commands', () => {
  const loaded = [...loadedByAll(new URL('../dist/main.js', import.meta.url)).values()].join('\n')
  expect(loaded).toContain('// cli/src/commands/up.ts')
  for (const module of [
    'node_modules/fastify/',
    'node_modules/kysely/',
    'node_modules/pg/',
    'cli/src/server/server.ts',
  ])
    expect(loaded).not.toContain(`// ${module}`)
})
