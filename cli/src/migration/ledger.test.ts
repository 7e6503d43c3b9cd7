import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ledger } from './ledger.js'
import { Locations } from './locations.js'

const WHAT = { from: 'a', server: 'b' }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what was noted is known again, and a line torn by a kill is not', () => {
  const file = join(folder, 'state')
  new Ledger(file, WHAT).put({ kind: 'experiment', id: '1', to: '7' })
  appendFileSync(file, '{"kind":"experiment","id":"2","t')
  const again = new Ledger(file, WHAT)
  expect(again.find('experiment', '1')?.to).toBe('7')
  expect(again.find('experiment', '2')).toBeUndefined()
  again.put({ kind: 'experiment', id: '3', to: '9' })
  expect(new Ledger(file, WHAT).list('experiment').map(({ id }) => id)).toEqual(['1', '3'])
  expect(() => new Ledger(file, { from: 'other', server: 'b' })).toThrow(/another migration/)
  expect(readFileSync(file, 'utf8')).toContain('"3"')
})

test('a line torn within a letter takes nothing of the line before with it', () => {
  const file = join(folder, 'state')
  new Ledger(file, WHAT).put({ kind: 'experiment', id: '1', to: '7' })
  appendFileSync(file, Buffer.from('{"kind":"experiment","id":"ж').subarray(0, -1))
  new Ledger(file, WHAT).put({ kind: 'experiment', id: '2', to: '8' })
  expect(new Ledger(file, WHAT).list('experiment').map(({ id }) => id)).toEqual(['1', '2'])
})

test('what was forgotten of a server that lost it is not known again', () => {
  const file = join(folder, 'state')
  const ledger = new Ledger(file, WHAT)
  ledger.put({ kind: 'experiment', id: '1', to: '7' })
  ledger.clear()
  ledger.put({ kind: 'experiment', id: '2', to: '8' })
  expect(new Ledger(file, WHAT).list('experiment').map(({ id }) => id)).toEqual(['2'])
})

test('one thing that was forgotten is not known again, and what is noted as it was is not noted twice', () => {
  const file = join(folder, 'state')
  const ledger = new Ledger(file, WHAT)
  for (const id of ['1', '2']) ledger.put({ kind: 'experiment', id, to: id })
  ledger.forget(ledger.find('experiment', '1')!)
  const before = readFileSync(file, 'utf8')
  ledger.put({ kind: 'experiment', id: '2', to: '2' })
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(new Ledger(file, WHAT).list('experiment').map(({ id }) => id)).toEqual(['2'])
})

test('what was noted and is not looked for again is not met', () => {
  const file = join(folder, 'state')
  const first = new Ledger(file, WHAT)
  for (const id of ['1', '2']) first.put({ kind: 'experiment', id, to: id })
  expect(first.met('experiment')).toHaveLength(2)
  const again = new Ledger(file, WHAT)
  expect(again.find('experiment', '2')?.to).toBe('2')
  expect(again.met('experiment').map(({ id }) => id)).toEqual(['2'])
  expect(again.list('experiment')).toHaveLength(2)
})

test('what was done without artifacts does not count with them', () => {
  const file = join(folder, 'state')
  new Ledger(file, { ...WHAT, artifacts: false })
  expect(() => new Ledger(file, WHAT)).toThrow(/another migration/)
})

test('a source below a run that moved moves along, and any other stays', () => {
  const ledger = new Ledger(undefined, WHAT)
  const moved = { kind: 'logged model', digest: '', contents: '', files: 0, bytes: 0 } as const
  ledger.put({ ...moved, id: 'm-1', from: 'file:///old/1/m-1/artifacts', uri: 'mlflow-artifacts:/1/m-1' })
  const locations = new Locations(ledger)
  expect(locations.of('/old/1/m-1/artifacts/model')).toBe('mlflow-artifacts:/1/m-1/model')
  expect(locations.of('file:///old/1/m-1/artifacts')).toBe('mlflow-artifacts:/1/m-1')
  expect(locations.of('/old/1/m-1/artifactsX')).toBe('/old/1/m-1/artifactsX')
  expect(locations.of('s3://b/m')).toBe('s3://b/m')
})
