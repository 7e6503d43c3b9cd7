import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const scripts = fileURLToPath(new URL('.', import.meta.url))
let house: string

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'cairn-build-'))
  for (const name of ['build.mjs', 'workspaces.mjs', 'terminal.mjs'])
    cpSync(join(scripts, name), join(house, 'scripts', name))
  symlinkSync(join(scripts, '../node_modules'), join(house, 'node_modules'))
  write('package.json', JSON.stringify({ workspaces: ['core', 'web/*'] }))
  write('package-lock.json', '{}')
  write('core/package.json', JSON.stringify({ name: '@house/core', type: 'module' }))
  write('core/src/answer.ts', 'export const answer: number = 42\n')
  write('core/src/answer.test.ts', 'throw new Error("never built")\n')
  write('core/src/migrations/0001_init.sql', 'create table t (id text);\n')
  mkdirSync(join(house, 'web'))
})
afterEach(() => rmSync(house, { recursive: true }))

function write(path: string, text: string) {
  mkdirSync(dirname(join(house, path)), { recursive: true })
  writeFileSync(join(house, path), text)
}

/** @returns what the build printed; an empty string when it found nothing to do */
const build = () =>
  spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: house, encoding: 'utf8' }).stderr
const built = (path: string) => join(house, path)

test('sources are transpiled one for one, assets copied, tests left out', () => {
  expect(build()).toContain('core')
  const print = `import('./core/dist/answer.js').then(({ answer }) => console.log(answer))`
  expect(execFileSync(process.execPath, ['-e', print], { cwd: house, encoding: 'utf8' })).toBe('42\n')
  expect(existsSync(built('core/dist/answer.js.map'))).toBe(true)
  expect(readFileSync(built('core/dist/migrations/0001_init.sql'), 'utf8')).toContain('create table')
  expect(existsSync(built('core/dist/answer.test.js'))).toBe(false)
})

test('a second build finds nothing to do, a changed file or a lost dist is built again', () => {
  build()
  expect(build()).toBe('')
  write('core/src/answer.ts', 'export const answer: number = 43\n')
  expect(build()).toContain('core')
  expect(readFileSync(built('core/dist/answer.js'), 'utf8')).toContain('43')
  rmSync(built('core/dist'), { recursive: true })
  expect(build()).toContain('core')
})

test('files without a source are deleted', () => {
  write('core/src/old.ts', 'export const old = 1\n')
  build()
  rmSync(join(house, 'core/src/old.ts'))
  build()
  expect(existsSync(built('core/dist/old.js'))).toBe(false)
  expect(existsSync(built('core/dist/answer.js'))).toBe(true)
})

test('a syntax error names the file, fails, and is tried again', () => {
  write('core/src/answer.ts', 'export const answer: = 42\n')
  for (let attempt = 0; attempt < 2; attempt++) {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
      cwd: house,
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toContain('core/src/answer.ts:1:')
  }
})

test('a client is bundled, and bundled again when a package it contains changes', () => {
  write(
    'web/page/package.json',
    JSON.stringify({ name: '@house/page', dependencies: { '@house/core': '0' } }),
  )
  write('web/page/vite.config.ts', 'export default {}\n')
  write('web/page/index.html', '<script type="module" src="/src/main.ts"></script>\n')
  write(
    'web/page/src/main.ts',
    "import { answer } from '../../../core/src/answer'\ndocument.title = String(answer)\n",
  )
  expect(build()).toContain('web/page')
  expect(readFileSync(built('web/page/dist/index.html'), 'utf8')).toContain('/assets/')
  expect(build()).toBe('')
  write('core/src/answer.ts', 'export const answer: number = 43\n')
  expect(build()).toContain('web/page')
})

test('a command is bundled with what it is made of, which still finds its own files', () => {
  write('tool/package.json', JSON.stringify({ name: '@house/tool', type: 'module', bin: 'tool.mjs' }))
  write('package.json', JSON.stringify({ workspaces: ['core', 'tool'] }))
  const table = `import { readFileSync } from 'node:fs'
export const table = readFileSync(new URL('./migrations/0001_init.sql', import.meta.url), 'utf8')
`
  write('core/src/table.ts', table)
  const main = `import { table } from '../../core/src/table'
const { answer } = await import('../../core/src/answer')
console.log(answer, table.trim())
`
  const run = () => execFileSync(process.execPath, [built('tool/dist/main.js')], { encoding: 'utf8' })
  for (const turn of ['first', 'second', 'third', 'fourth']) {
    write('tool/src/main.ts', `${main}console.log('${turn}')\n`)
    expect(build()).toContain('tool')
    expect(run()).toBe(`42 create table t (id text);\n${turn}\n`)
  }
  expect(readdirSync(built('tool/dist'))).toHaveLength(4) // the entry and three builds
})

test('waits for a build of another process, and not for one that died', async () => {
  mkdirSync(join(house, '.cache/build'), { recursive: true })
  writeFileSync(join(house, '.cache/build/lock'), String(process.pid))
  const waiting = spawn(process.execPath, ['scripts/build.mjs'], { cwd: house })
  const ended = once(waiting, 'exit')
  await expect.poll(() => readdirSync(join(house, '.cache/build'))).toHaveLength(2)
  expect(existsSync(built('core/dist'))).toBe(false)
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(join(house, '.cache/build/lock'), String(pid))
  expect((await ended)[0]).toBe(0)
  expect(existsSync(built('core/dist/answer.js'))).toBe(true)
  expect(readdirSync(join(house, '.cache/build'))).toEqual(['core'])
})
