import { expect, test } from 'vitest'
import { RequestError } from '../api/http.js'
import { aRun } from '../testing/fixtures.js'
import { combineRuns } from './combine-runs.js'

const failed = (message: string) => ({
  data: undefined,
  error: new RequestError(0, 'UNREACHABLE', message),
  isPending: false,
})

test('reports equal failures of several runs once, so that React keys are unique', () => {
  const { errors } = combineRuns([
    failed('fetch failed'),
    failed('fetch failed'),
    failed("Run 'x' not found"),
  ])
  expect(errors.map(({ message }) => message)).toEqual(['fetch failed', "Run 'x' not found"])
})

test('combines the runs that loaded and is pending while any run is', () => {
  const loaded = { data: aRun({ info: { run_id: 'a' } }), error: null, isPending: false }
  const { rows, pending } = combineRuns([loaded, { data: undefined, error: null, isPending: true }])
  expect(rows.map(({ info }) => info.run_id)).toEqual(['a'])
  expect(pending).toBe(true)
})
