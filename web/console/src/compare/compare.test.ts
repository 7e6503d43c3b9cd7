import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aRun } from '../testing/fixtures.js'
import { joinedDifference, pairedTests, signOf } from './paired-test.js'
import { requirementsOf } from './requirements.js'
import { datasetFacts, differingFirst, packageFacts, requirementsLocation } from './run-facts.js'

const perUser = (ndcg: number[], change = {}) => ({
  ...{ protocol: 'loo', k: 10, data_digest: 'd', users: ndcg.map((_, i) => `u${i}`), metrics: { ndcg } },
  ...change,
})

test('pairs users in any order, and a difference within chance is a tie', () => {
  const base = perUser([0.1, 0.5, 0.9, 0.2])
  const better = perUser([0.2, 0.61, 0.99, 0.31])
  const users = ['u3', 'u2', 'u1', 'u0']
  const reversed = perUser([0.31, 0.99, 0.61, 0.2], { users })
  const tested = pairedTests(base, better).get('ndcg_at_10')!
  expect(tested).toMatchObject({ difference: expect.closeTo(0.1025), users: 4 })
  // scipy.stats.ttest_rel(...).confidence_interval()
  expect([tested.low, tested.high]).toEqual([expect.closeTo(0.0872675, 5), expect.closeTo(0.1177325, 5)])
  expect(pairedTests(base, reversed).get('ndcg_at_10')!.difference).toBeCloseTo(tested.difference)
  expect(signOf(tested)).toBe(1)
  expect(signOf(pairedTests(base, perUser([0.3, 0.3, 0.9, 0.2])).get('ndcg_at_10')!)).toBe(0)
  expect(signOf(pairedTests(base, base).get('ndcg_at_10')!)).toBe(0)
})

test('runs with other users, data, protocols or k are not paired', () => {
  const base = perUser([0.1, 0.5])
  for (const change of [
    { k: 5 },
    { protocol: 'gts' },
    { data_digest: 'e' },
    { users: ['u0', 'x'] },
    { users: ['u0', 'u0'] },
  ])
    expect(pairedTests(base, perUser([0.2, 0.6], change)).size, JSON.stringify(change)).toBe(0)
  expect(pairedTests(base, perUser([0.2])).size).toBe(0)
})

test('the joined interval of independent runs is as wide as their half widths in squares', () => {
  const at = (value: number, half: number) => ({ value, interval: { low: value - half, high: value + half } })
  const joined = joinedDifference(at(1, 0.3), at(2, 0.4))!
  expect(joined).toEqual({ difference: 1, low: expect.closeTo(0.5), high: expect.closeTo(1.5) })
  expect(joinedDifference(at(1, 0.3), { value: 2, interval: undefined })).toBeUndefined()
})

test('reads the packages of requirements, whatever else is in them', () => {
  const text =
    'mlflow==3.1\n# a comment\n-r other.txt\nscikit_learn[all] >= 1.2 ; python_version > "3"\ntorch\n\n./local'
  expect([...requirementsOf(text)]).toEqual([
    ['mlflow', '==3.1'],
    ['scikit-learn', '>= 1.2'],
    ['torch', '*'],
  ])
  fc.assert(fc.property(fc.string(), (any) => void requirementsOf(any)))
})

test('facts that differ come first', () => {
  const facts = packageFacts([
    new Map([
      ['a', '1'],
      ['b', '1'],
    ]),
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
    undefined,
  ])
  expect(
    differingFirst(facts.map(({ name, values }) => ({ name, values: values.slice(0, 2) }))).map(
      ({ name }) => name,
    ),
  ).toEqual(['b', 'a'])
  const dataset = (digest: string) => ({
    ...aRun(),
    inputs: {
      dataset_inputs: [
        {
          tags: [{ key: 'mlflow.data.context', value: 'train' }],
          dataset: { name: 'ml', digest, source_type: '', source: '' },
        },
      ],
    },
  })
  expect(datasetFacts([dataset('x'), aRun(), dataset('y')])).toEqual([
    { name: 'ml (train)', values: ['x', undefined, 'y'] },
  ])
})

test('finds the requirements of logged models of old and new clients', () => {
  const old = aRun({ tags: { 'mlflow.log-model.history': '[{"artifact_path":"model"}]' } })
  expect(requirementsLocation(old)).toEqual({
    root: { kind: 'run', id: 'r1' },
    path: 'model/requirements.txt',
  })
  const now = { ...aRun(), outputs: { model_outputs: [{ model_id: 'm-1', step: 0 }] } }
  expect(requirementsLocation(now)?.root).toEqual({ kind: 'model', id: 'm-1' })
  for (const text of ['{', '[]', '[{}]', 'null'])
    expect(requirementsLocation(aRun({ tags: { 'mlflow.log-model.history': text } }))).toBeUndefined()
})
