import { expect, test } from 'vitest'
import { aRow } from '../testing/fixtures.js'
import { candidateKeys, chunkOf, columnsToRead, keysOfColumns, missingKeys } from './column-keys.js'
import { movedBy, movedTo } from './column-moves.js'
import { column, differs } from './columns.js'
import { defaultColour } from './default-colours.js'
import { bestOf, figuresToItems, parseFigures } from './figures.js'
import { availableGroupings, groupingFromId, groupLabel } from './grouping.js'
import { colourOf, isColour } from './run-appearance.js'
import { viewState } from './runs-search.js'
import { intervalHalf } from './spread.js'

const known = {
  metrics: ['loss', 'p', 'p_ci_low', 'p_ci_high'],
  params: ['b', 'a'],
  tags: ['team', 'mlflow.user'],
}

test('reads the keys of columns with the intervals that exist, and the tags that the table needs', () => {
  const keys = keysOfColumns(
    [column('metrics', 'p'), column('metrics', 'loss'), column('params', 'a')],
    known,
  )
  expect(keys.metrics).toEqual(['p', 'p_ci_low', 'p_ci_high', 'loss'])
  expect(keys.tags).toContain('mlflow.parentRunId')
  expect(candidateKeys(known).params).toEqual(['a', 'b'])
  expect(missingKeys(keys, keys)).toBeUndefined()
  expect(missingKeys({ ...keys, params: [] }, keys)).toEqual({ metrics: [], params: ['a'], tags: [] })
})

test('reads the columns around those in view, if there are many', () => {
  const columns = Array.from({ length: 500 }, (_, i) => column('metrics', `m${i}`))
  const read = columnsToRead(columns, { differing: false, fixed: ['metrics.m9'], chunk: chunkOf(205) })
  expect([read.length, read[0]!.key, read[1]!.key, read.at(-1)!.key]).toEqual([81, 'm9', 'm180', 'm259'])
  expect(columnsToRead(columns, { differing: true, fixed: [], chunk: 0 })).toBe(columns)
})

test('moves a column beside another, as far as it goes', () => {
  const columns = ['a', 'b', 'c'].map((key) => column('params', key))
  const keysOf = (list: { key: string }[]) => list.map(({ key }) => key).join('')
  expect(keysOf(movedBy(columns, 'params.a', 1))).toBe('bac')
  expect(keysOf(movedBy(columns, 'params.a', -1))).toBe('abc')
  expect(keysOf(movedTo(columns, 'params.a', 'params.c'))).toBe('bca')
  expect(keysOf(movedTo(columns, 'params.c', 'params.a'))).toBe('cab')
  expect(keysOf(movedTo(columns, 'params.x', 'params.a'))).toBe('abc')
})

test('keeps the figures of metrics in the URL, and knows of which less is better', () => {
  const figures = new Map([['a:b', 'min' as const]])
  expect(parseFigures([...figuresToItems(figures), 'last:x', 'nonsense'])).toEqual(figures)
  expect(['val_loss', 'rmse', 'precision_at_10'].map(bestOf)).toEqual(['min', 'min', 'max'])
})

test('gives a run its own colour, the shared one, or the default', () => {
  const row = aRow({ tags: { 'mlflow.runColor': '#00ff00' } })
  expect(colourOf(row, new Map([['r1', '#ff0000']]))).toBe('#ff0000')
  expect(colourOf(row, new Map())).toBe('#00ff00')
  const hostile = aRow({ tags: { 'mlflow.runColor': 'url(https://a.b/c)' } })
  expect(colourOf(hostile, new Map())).toBe(defaultColour(row.info))
  expect(isColour('var(--series-3)')).toBe(true)
  expect(isColour('var(--x)')).toBe(false)
})

test('groups by parameters and own tags first, and labels a run by its group', () => {
  expect(availableGroupings(known).map(({ key }) => key)).toEqual([
    ...['a', 'b', 'team', 'name', 'digest', 'status', 'user_id', 'mlflow.user'],
  ])
  const row = aRow({ params: { a: '1' } })
  const by = [groupingFromId('params.a')!, groupingFromId('tags.team')!]
  expect(groupLabel(row, by)).toBe('a: 1, team: –')
  expect(groupLabel(row, [])).toBeUndefined()
  const byData = [{ kind: 'datasets', key: 'name' } as const]
  const dataset = (name: string) => ({ name, digest: 'd' })
  expect(groupLabel(row, byData, [dataset('b'), dataset('a'), dataset('a')])).toBe('dataset.name: a + b')
  expect(groupLabel(row, byData, [])).toBe('dataset.name: –')
  expect(groupingFromId('metrics.a')).toBeUndefined()
})

test('computes the 95% interval of a mean by Student, and none for one value', () => {
  const half = intervalHalf({ key: 'm', count: 4, mean: 0, min: 0, max: 0, std: 2 })
  expect(half).toBeCloseTo(3.182)
  expect(intervalHalf({ key: 'm', count: 1, mean: 0, min: 0, max: 0 })).toBeUndefined()
})

test('hides columns with one value, and keeps state but not the selection in a view', () => {
  const rows = [aRow({ params: { a: '1', b: '1' } }), aRow({ params: { a: '1' } })]
  expect(['a', 'b'].map((key) => differs(column('params', key), rows))).toEqual([false, true])
  expect(viewState({ filter: 'x', selected: 'r', view: 'v', order: '' })).toEqual({ filter: 'x' })
})
