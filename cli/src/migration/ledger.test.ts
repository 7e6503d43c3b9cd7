import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ledger } from './ledger.js'
import { MigratedUris } from './migrated-uris.js'

const KEY = { from: 'a', server: 'b' }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('restores entries from its file, without a line that a kill cut off', () => {
  const file = join(folder, 'state')
  new Ledger(file, KEY).put({ kind: 'experiment', id: '1', to: '7' })
  appendFileSync(file, '{"kind":"experiment","id":"2","t')
  const again = new Ledger(file, KEY)
  expect(again.find('experiment', '1')?.to).toBe('7')
  expect(again.find('experiment', '2')).toBeUndefined()
  again.put({ kind: 'experiment', id: '3', to: '9' })
  expect(new Ledger(file, KEY).list('experiment').map(({ id }) => id)).toEqual(['1', '3'])
  expect(() => new Ledger(file, { from: 'other', server: 'b' })).toThrow(/another migration/)
  expect(readFileSync(file, 'utf8')).toContain('"3"')
})

test('removes a line cut off within a character, and keeps the line before', () => {
  const file = join(folder, 'state')
  new Ledger(file, KEY).put({ kind: 'experiment', id: '1', to: '7' })
  appendFileSync(file, Buffer.from('{"kind":"experiment","id":"ж').subarray(0, -1))
  new Ledger(file, KEY).put({ kind: 'experiment', id: '2', to: '8' })
  expect(new Ledger(file, KEY).list('experiment').map(({ id }) => id)).toEqual(['1', '2'])
})

test('does not restore entries from before it was cleared', () => {
  const file = join(folder, 'state')
  const ledger = new Ledger(file, KEY)
  ledger.put({ kind: 'experiment', id: '1', to: '7' })
  ledger.clear()
  ledger.put({ kind: 'experiment', id: '2', to: '8' })
  expect(new Ledger(file, KEY).list('experiment').map(({ id }) => id)).toEqual(['2'])
})

test('does not restore a forgotten entry, and does not write an unchanged one again', () => {
  const file = join(folder, 'state')
  const ledger = new Ledger(file, KEY)
  for (const id of ['1', '2']) ledger.put({ kind: 'experiment', id, to: id })
  ledger.forget(ledger.find('experiment', '1')!)
  const before = readFileSync(file, 'utf8')
  ledger.put({ kind: 'experiment', id: '2', to: '2' })
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(new Ledger(file, KEY).list('experiment').map(({ id }) => id)).toEqual(['2'])
})

test('lists as seen only entries that were looked up since it was opened', () => {
  const file = join(folder, 'state')
  const first = new Ledger(file, KEY)
  for (const id of ['1', '2']) first.put({ kind: 'experiment', id, to: id })
  expect(first.seen('experiment')).toHaveLength(2)
  const again = new Ledger(file, KEY)
  expect(again.find('experiment', '2')?.to).toBe('2')
  expect(again.seen('experiment').map(({ id }) => id)).toEqual(['2'])
  expect(again.list('experiment')).toHaveLength(2)
})

test('rejects the file of a migration without artifacts for one with artifacts', () => {
  const file = join(folder, 'state')
  new Ledger(file, { ...KEY, artifacts: false })
  expect(() => new Ledger(file, KEY)).toThrow(/another migration/)
})

test('translates URIs below migrated artifacts and leaves others unchanged', () => {
  const ledger = new Ledger(undefined, KEY)
  const entry = { kind: 'logged model', digest: '', contents: '', files: 0, bytes: 0 } as const
  ledger.put({ ...entry, id: 'm-1', from: 'file:///old/1/m-1/artifacts', uri: 'mlflow-artifacts:/1/m-1' })
  const uris = new MigratedUris(ledger)
  expect(uris.translate('/old/1/m-1/artifacts/model')).toBe('mlflow-artifacts:/1/m-1/model')
  expect(uris.translate('file:///old/1/m-1/artifacts')).toBe('mlflow-artifacts:/1/m-1')
  expect(uris.translate('/old/1/m-1/artifactsX')).toBe('/old/1/m-1/artifactsX')
  expect(uris.translate('s3://b/m')).toBe('s3://b/m')
})
