import { expect, test } from 'vitest'
import { aRow } from '../testing/fixtures.js'
import { availableColumns, cellOf, column, columnFromId } from './columns.js'
import { toCsv } from './csv.js'
import { defaultColumns } from './default-columns.js'

test('shows P@10 and R@10 first, without interval bounds and system metrics', () => {
  const rows = [
    aRow({
      metrics: {
        accuracy: 1,
        recall_at_10: 1,
        precision_at_10: 1,
        precision_at_10_ci_low: 1,
        'system/cpu': 1,
      },
    }),
  ]
  const shown = defaultColumns(availableColumns(rows), rows).map(({ id }) => id)
  expect(shown.slice(0, 2)).toEqual(['metrics.precision_at_10', 'metrics.recall_at_10'])
  expect(shown.join()).not.toMatch(/ci_low|system/)
})

test('offers columns of runs that are not loaded, in natural order', () => {
  const known = { metrics: ['m_10', 'm_2'], params: ['p'], tags: [] }
  const ids = availableColumns([aRow({ params: { q: '1' } })], known).map(({ id }) => id)
  expect(ids.filter((id) => !id.startsWith('attributes.'))).toEqual([
    'metrics.m_2',
    'metrics.m_10',
    'params.p',
    'params.q',
  ])
})

test('falls back to other metrics for runs without ranking metrics', () => {
  const rows = [aRow({ metrics: { loss: 1 } })]
  expect(defaultColumns(availableColumns(rows), rows)[0]?.id).toBe('metrics.loss')
})

test('shows of many metrics those that most runs have', () => {
  const rare = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, 1]))
  const rows = [aRow({ metrics: rare }), ...[1, 2].map((value) => aRow({ metrics: { loss: value, c: 1 } }))]
  const shown = defaultColumns(availableColumns(rows), rows).map(({ id }) => id)
  expect(shown.slice(0, 4)).toEqual(['metrics.loss', 'metrics.c', 'metrics.a', 'metrics.b'])
})

test('shows of many metrics those of quality first, on held-out data before those of training', () => {
  const keys = ['clip', 'data_time', 'epoch', 'ema', 'train/loss', 'train/top1', 'val/loss', 'val/acc']
  const rows = [aRow({ metrics: Object.fromEntries(keys.map((key) => [key, 1])) })]
  const shown = defaultColumns(availableColumns(rows), rows).map(({ id }) => id)
  expect(shown.slice(0, 4)).toEqual([
    'metrics.val/acc',
    'metrics.val/loss',
    'metrics.train/loss',
    'metrics.clip',
  ])
})

test('hides parameters that are equal in all runs by default', () => {
  const rows = ['16', '32'].map((factors) =>
    aRow({
      params: { seed: '42', factors },
    }),
  )
  const shown = defaultColumns(availableColumns(rows), rows).map(({ id }) => id)
  expect(shown).toContain('params.factors')
  expect(shown).not.toContain('params.seed')
})

test('keeps dots that are part of the key in a column id', () => {
  expect(columnFromId('tags.cairn.model_kind')).toEqual(column('tags', 'cairn.model_kind'))
  expect(columnFromId('nonsense')).toBeUndefined()
  expect(columnFromId('other.key')).toBeUndefined()
})

test('counts the duration of a running run to now', () => {
  const running = aRow({ info: { status: 'RUNNING', start_time: 1_000 } })
  expect(cellOf(running, column('attributes', 'duration'), 4_000)).toBe(3_000)
  expect(
    cellOf(aRow({ info: { start_time: 1_000 } }), column('attributes', 'duration'), 4_000),
  ).toBeUndefined()
})

test('quotes CSV fields and escapes formulas', () => {
  const row = aRow({
    info: { run_name: 'one' },
    metrics: { p: -0.5 },
    params: { x: '=1+1', y: 'a,"b"' },
  })
  const columns = [
    column('metrics', 'p'),
    column('params', 'x'),
    column('params', 'y'),
    column('tags', 'none'),
  ]
  expect(toCsv([row], columns, 0)).toBe(
    `run_id,run_name,metrics.p,params.x,params.y,tags.none\r\nr1,one,-0.5,'=1+1,"a,""b""",\r\n`,
  )
})
