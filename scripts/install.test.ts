import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasFittingSqlite, outdatedPackages } from './install.mjs'

const wanted = {
  '': { name: 'house' },
  core: { name: '@house/core' },
  'node_modules/@house/core': { link: true, resolved: 'core' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', dev: true },
  'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-o', optional: true },
}
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-install-'))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }))
})
afterEach(() => rmSync(folder, { recursive: true }))

function installed(packages: object) {
  mkdirSync(join(folder, 'node_modules'))
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
}

test('everything is missing in a fresh clone', () => {
  expect(outdatedPackages(folder)).toEqual(['node_modules/@house/core', 'node_modules/a', 'node_modules/b'])
})

test('nothing is missing when every package is there; those of other platforms do not count', () => {
  const { 'node_modules/other-platform': _, ...present } = wanted
  installed(present)
  expect(outdatedPackages(folder)).toEqual([])
})

test('a package of another version is outdated', () => {
  installed({ ...wanted, 'node_modules/a': { version: '0.9.0', integrity: 'sha512-x' } })
  expect(outdatedPackages(folder)).toEqual(['node_modules/a'])
})

test('SQLite that is missing, or that another version of Node compiled, does not fit', () => {
  const release = join(folder, 'node_modules/better-sqlite3/build/Release')
  expect(hasFittingSqlite(folder)).toBe(false)
  mkdirSync(release, { recursive: true })
  writeFileSync(join(release, 'better_sqlite3.node'), 'compiled for another version')
  expect(hasFittingSqlite(folder)).toBe(false)
  if (Number(process.versions.napi) < 10) expect(hasFittingSqlite()).toBe(true)
})

test.each(['start', 'test', 'dev'])(
  'npm run %s on a too old Node ends in one sentence that says what to do',
  (name) => {
    const pretend = "Object.defineProperty(process.versions, 'node', { value: '18.20.4' })"
    const script = `${pretend}; import(${JSON.stringify(new URL(`./${name}.mjs`, import.meta.url).href)})`
    const { status, stderr, stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^Cairn needs Node 20\.19 or newer and this is 18\.20\.4: install .*\n$/)
  },
)
