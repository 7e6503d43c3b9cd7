import type { SearchedKind, SearchHit } from '@cairn/platform/protocol/cairn/search'
import { expect, test } from 'vitest'
import { kindOfPath, pathOf } from './paths.js'

const HITS: Readonly<Record<SearchedKind, Omit<SearchHit, 'kind'>>> = {
  experiment: { id: '1', name: 'a/b' },
  run: { id: 'abc', name: 'bold-elk', experiment_id: '1' },
  logged_model: { id: 'm-1', name: 'net', experiment_id: '1' },
  trace: { id: 'tr-1', name: 'tr-1', experiment_id: '1' },
  model: { id: 'a/b', name: 'a/b' },
  version: { id: '3', name: 'a/b' },
  prompt: { id: 'ask', name: 'ask' },
  endpoint: { id: 'movies', name: 'movies' },
  job: { id: '7', name: 'nightly' },
  job_run: { id: '8', name: 'nightly' },
  catalog: { id: 'main', name: 'main' },
  schema: { id: 'main.raw', name: 'main.raw' },
  table: { id: 'main.raw.t', name: 'main.raw.t' },
  volume: { id: 'main.raw.v', name: 'main.raw.v' },
  report: { id: 'r1', name: 'Weekly' },
}

test('the page of a hit is one of its kind', () => {
  const kinds = Object.keys(HITS) as SearchedKind[]
  expect(kinds.map((kind) => kindOfPath(pathOf({ kind, ...HITS[kind] })))).toEqual(kinds)
  expect(pathOf({ kind: 'version', ...HITS.version })).toBe('/models/a%2Fb/versions/3')
})

test('lists and forms are not pages of objects', () => {
  for (const path of ['/', '/experiments', '/jobs', '/jobs/new', '/account', '/experiments/1/traces'])
    expect(kindOfPath(path)).toBeUndefined()
})
