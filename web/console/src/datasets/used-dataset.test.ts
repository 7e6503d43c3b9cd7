import { expect, test } from 'vitest'
import type { Run } from '../api/runs.js'
import { readRecords } from './records.js'
import { groupDatasets, profileEntries, runsByContext, schemaFields, sourceOf } from './used-dataset.js'

const USED = { name: 'ratings', digest: 'd1', contexts: [] }
const run = (run_id: string, context?: string) =>
  ({
    info: { run_id },
    inputs: {
      dataset_inputs: [
        {
          dataset: { name: 'ratings', digest: 'd1' },
          tags: context ? [{ key: 'mlflow.data.context', value: context }] : [],
        },
      ],
    },
  }) as unknown as Run

test('lists each version once with its contexts', () => {
  const summary = (name: string, digest: string, context?: string) => ({
    ...{ experiment_id: '1', name, digest },
    ...(context && { context }),
  })
  expect(
    groupDatasets([
      summary('b', '1', 'training'),
      summary('a', '2'),
      summary('b', '1', 'evaluation'),
      summary('b', '3'),
    ]),
  ).toEqual([
    { name: 'a', digest: '2', contexts: [] },
    { name: 'b', digest: '1', contexts: ['training', 'evaluation'] },
    { name: 'b', digest: '3', contexts: [] },
  ])
})

test('groups runs by the context of the dataset', () => {
  const groups = runsByContext([run('r1', 'training'), run('r2'), run('r3', 'training')], USED)
  expect(groups.map(([context, runs]) => [context, runs.map(({ info }) => info.run_id)])).toEqual([
    ['training', ['r1', 'r3']],
    ['', ['r2']],
  ])
})

test('reads schemas, profiles and sources, and nothing from other texts', () => {
  expect(schemaFields('{"mlflow_colspec": [{"type": "long", "name": "user", "required": true}]}')).toEqual([
    { name: 'user', type: 'long' },
  ])
  expect(profileEntries('{"num_rows": 3, "more": {}}')).toEqual([['num_rows', 3]])
  expect(sourceOf('{"url": "https://example.com/x"}')).toEqual({
    address: 'https://example.com/x',
    table: undefined,
  })
  expect(sourceOf('{"delta_table_name": "main.films.ratings"}').table).toBe('main.films.ratings')
  expect([schemaFields('x'), profileEntries('[1'), sourceOf(undefined).table]).toEqual([[], [], undefined])
})

test('reads records with numbers that only Python writes', () => {
  expect(readRecords('[{"inputs": {"a": NaN, "b": "NaN -Infinity", "c": -Infinity}}]')).toEqual([
    { inputs: { a: null, b: 'NaN -Infinity', c: null } },
  ])
})
