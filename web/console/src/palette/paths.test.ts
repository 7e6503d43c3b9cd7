import { SEARCHED_KINDS } from '@cairn/platform/protocol/search'
import { expect, test } from 'vitest'
import { kindOfPath, pathOf } from './paths.js'

const HITS = [
  { kind: 'experiment', id: '1', name: 'a/b' },
  { kind: 'run', id: 'abc', name: 'bold-elk', experiment_id: '1' },
  { kind: 'logged_model', id: 'm-1', name: 'net', experiment_id: '1' },
  { kind: 'trace', id: 'tr-1', name: 'tr-1', experiment_id: '1' },
  { kind: 'model', id: 'a/b', name: 'a/b' },
  { kind: 'version', id: '3', name: 'a/b' },
  { kind: 'prompt', id: 'ask', name: 'ask' },
  { kind: 'endpoint', id: 'movies', name: 'movies' },
  { kind: 'job', id: '7', name: 'nightly' },
  { kind: 'job_run', id: '8', name: 'nightly' },
  { kind: 'table', id: 'main.raw.t', name: 'main.raw.t' },
  { kind: 'schema', id: 'main.raw', name: 'main.raw' },
  { kind: 'catalog', id: 'main', name: 'main' },
  { kind: 'volume', id: 'main.raw.v', name: 'main.raw.v' },
  { kind: 'report', id: 'r1', name: 'Weekly' },
] as const

test('the page of a hit is one of its kind', () => {
  expect(HITS.map((hit) => kindOfPath(pathOf(hit)))).toEqual(HITS.map(({ kind }) => kind))
  expect(new Set(HITS.map(({ kind }) => kind))).toEqual(new Set(SEARCHED_KINDS))
  expect(pathOf(HITS[5])).toBe('/models/a%2Fb/versions/3')
})

test('lists and forms are no pages of objects', () => {
  for (const path of ['/', '/experiments', '/jobs', '/jobs/new', '/account', '/experiments/1/traces'])
    expect(kindOfPath(path)).toBeUndefined()
})
