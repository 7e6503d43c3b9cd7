import type { LeaderboardRow } from '@cairn/pipelines/leaderboard/measure-models'
import { expect, test } from 'vitest'
import { benchCommand } from '../commands/bench.js'
import { describeParameters } from './describe-parameters.js'
import { leaderboardPage } from './leaderboard-page.js'
import { addParameter } from './parameters.js'
import { COMPARED_PROTOCOLS, protocolsPage } from './protocols-page.js'
import { measureAll } from './recommenders.js'

test('parses parameters by kind and name, with typed values', () => {
  const flags = [
    'als.factors=32',
    'als.init_scale=0.5',
    'markov.lag_weights=[1,0.5]',
    'xgboost.objective=rank:ndcg',
  ]
  expect(flags.reduce((previous, flag) => addParameter(flag, previous), {})).toEqual({
    als: { factors: 32, init_scale: 0.5 },
    markov: { lag_weights: [1, 0.5] },
    xgboost: { objective: 'rank:ndcg' },
  })
  for (const wrong of ['als.factors', 'factors=3', '=', 'als.=3'])
    expect(() => addParameter(wrong)).toThrow('use kind.name=value')
})

test('describes parameters by type, range and default', () => {
  const properties = {
    factors: { type: 'integer', minimum: 1, maximum: 4096, default: 64, description: 'Width' },
    rate: { type: 'number', exclusiveMinimum: 0, default: 0.1 },
    loss: { anyOf: [{ const: 'a' }, { const: 'b' }], default: 'a' },
    weights: { type: 'array', items: { type: 'number' }, default: [1] },
  }
  expect(describeParameters({ properties }).map(({ type, range }) => [type, range])).toEqual([
    ['integer', '≥ 1, ≤ 4096'],
    ['number', '> 0'],
    ['"a" | "b"', ''],
    ['number[]', ''],
  ])
})

const METRICS = {
  hit_rate: 0.25,
  ndcg: 0.125,
  precision: 0.025,
  recall: 0.25,
  recall_capped: 0.25,
  mrr: 0.1,
  map: 0.1,
}

function aRow(change: object = {}): LeaderboardRow {
  const intervals = Object.fromEntries(Object.keys(METRICS).map((name) => [name, { low: 0.01, high: 0.3 }]))
  const summary = {
    protocol: 'loo.full.seenfiltered.v1',
    standing: 'honest',
    k: 10,
    n_users: 20,
    n_targets: 20,
    catalogue_size: 40,
    order: 'source row',
    metrics: METRICS,
    intervals,
    flags: [],
    ...change,
  }
  return {
    kind: 'als',
    title: 'iALS',
    parameters: { factors: 8 },
    data: { name: 'walks', users: 30, items: 40, events: 600 },
    measurements: [{ summary, fit_seconds: 12.3, evaluation_seconds: 0.45 }],
    peak_memory_bytes: 123e6,
  } as unknown as LeaderboardRow
}

const page = (rows: LeaderboardRow[], protocol = 'loo.full.seenfiltered.v1') =>
  leaderboardPage({ rows, protocol, date: '2026-11-25', machine: 'm', commit: 'c', command: 'cairn bench' })

test('shows figures with intervals, costs and failed rows', () => {
  const text = page([aRow(), { kind: 'ease', title: 'EASE', error: 'too many | items' }])
  expect(text).toContain('# Recommenders on walks, `loo.full.seenfiltered.v1`, 2026-11-25')
  expect(text).toContain('| iALS | 0.2500 (0.0100–0.3000) | 0.1250 (0.0100–0.3000) |')
  expect(text).toContain('| 12 s | 0.5 s | 123 MB |')
  expect(text).toContain('| EASE | failed: too many / items |')
  expect(text).toContain('- iALS: `{"factors":8}`')
  expect(text).not.toContain('do not reflect')
})

test('marks flags and inflated figures', () => {
  const flags = [{ code: 'impossible_precision', message: 'precision is too high' }]
  const row = { ...aRow({ standing: 'inflated', flags }), caution: 'Ranks poorly.' } as LeaderboardRow
  const text = page([row], 'inflated.a.uni100.v1')
  expect(text).toContain('- iALS: Ranks poorly.')
  expect(text).toContain('| iALS ⚑ |')
  expect(text).toContain('- ⚑ iALS: precision is too high.')
  expect(text).toContain('These figures are not honest')
})

test('renders a leaderboard without successful rows', () => {
  expect(page([{ kind: 'ease', title: 'EASE', error: 'no' }])).toContain('No model could be measured.')
})

test('shows models under inflated and honest protocols on the page about 0.86', () => {
  const measured = (kind: string, title: string, precisions: readonly number[]) => ({
    ...(aRow() as object),
    kind,
    title,
    measurements: COMPARED_PROTOCOLS.map((protocol, n) => {
      const standing = protocol.startsWith('inflated') ? 'inflated' : 'honest'
      const message = `of ${title} under ${protocol}`
      const metrics = {
        ...METRICS,
        precision: precisions[n],
        recall: standing === 'honest' ? 0.3 : precisions[n],
      }
      const flags = standing === 'inflated' ? [{ code: 'precision_equals_recall', message }] : []
      return { summary: { protocol, standing, metrics, flags, n_users: 20 + n } }
    }),
  })
  const rows = [
    measured('random', 'Random order', [0.1, 0.2, 0.5, 0.6, 0.7, 0, 0]),
    measured('als', 'iALS', [0.7, 0.8, 0.9, 0.65, 0.75, 0.03, 0.05]),
    { kind: 'ease', title: 'EASE', error: 'no' },
  ] as unknown as LeaderboardRow[]
  const text = protocolsPage({ rows, date: 'd', machine: 'm', commit: 'c', command: 'cairn bench protocols' })
  expect(text).toContain(
    '| iALS | **0.700** | **0.800** | **0.900** | **0.650** | **0.750** | P 0.030, R 0.300 | P 0.050, R 0.300 |',
  )
  expect(text).toContain('| EASE | failed: no |')
  expect(text).toContain(
    'iALS reaches 0.70 with 100, 0.80 with 50, 0.90 with 20; 0.86 is exceeded with 20 negatives.',
  )
  expect(text).toContain('random order reaches 0.60 with a fifth held out and 0.70 with a tenth')
  expect(text).toContain('- `inflated.a.uni100.v1`, iALS: of iALS under inflated.a.uni100.v1.')
  expect(text).toContain('the number is **not ours**')
})

test.each(['recommenders', 'protocols'])(
  'rejects missing data for %s before training a model',
  async (kind) => {
    const measuring = benchCommand().parseAsync([kind, '--data', '/nowhere/ml-1m.zip'], { from: 'user' })
    await expect(measuring).rejects.toThrow('/nowhere/ml-1m.zip does not exist')
  },
)

test('ends with a sentence when it is interrupted before the first model is measured', async () => {
  const before = process.listeners('SIGINT')
  const measured = measureAll({ path: 'missing.zip', kinds: ['popularity'], parameters: {}, protocols: [] })
  const [interrupt] = process.listeners('SIGINT').filter((listener) => !before.includes(listener))
  interrupt!('SIGINT')
  await expect(measured).rejects.toThrow(/^Stopped before a model was measured\.$/)
  expect(process.listeners('SIGINT')).toEqual(before)
})
