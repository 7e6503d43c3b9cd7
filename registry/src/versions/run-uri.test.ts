import { expect, test } from 'vitest'
import { parseRunUri } from './run-uri.js'

test.each([
  ['runs:/ab12/model', { run_id: 'ab12', path: 'model' }],
  ['RUNS:///ab12//some//model/', { run_id: 'ab12', path: 'some/model' }],
  ['runs:/ab12', undefined],
  ['runs:/ab12/', undefined],
  ['runs:ab12/model', undefined],
  ['s3://runs:/ab12/model', undefined],
])('%s', (source, parsed) => {
  expect(parseRunUri(source)).toEqual(parsed)
})

test('reads a million slashes once', () => {
  expect(parseRunUri(`runs:/ab12${'/'.repeat(1_000_000)}`)).toBeUndefined()
})
