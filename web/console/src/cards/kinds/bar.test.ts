import { expect, test } from 'vitest'
import { seriesStyle } from '../../charts/series-style.js'
import type { VisibleRun } from '../../runs/visible-run.js'
import type { RunValues } from '../run-values.js'
import { bar } from './bar.js'
import type { DrawContext } from './drawing.js'

const run = (runId: string, value: number, group?: string): RunValues => ({
  run: { runId, name: runId, color: `of ${runId}`, group } as VisibleRun,
  text: () => undefined,
  number: (id) => (id === 'metrics.auc' ? value : Number.NaN),
})

const context = (groups: readonly string[], options = {}) =>
  ({
    ...{ options: { y: ['auc'], ...options }, within: undefined, groups },
    ...{ paint: { resolve: (color: string) => color }, format: {}, t: (key: string) => key },
  }) as unknown as DrawContext

const drawn = (...inputs: Parameters<typeof bar.draw>) => {
  const { chart, ...rest } = bar.draw(...inputs)
  const [series] = (chart as { series: { data: { value: number; itemStyle: { color: string } }[] }[] }).series
  return { ...rest, colors: series!.data.map(({ itemStyle }) => itemStyle.color) }
}

test('each run has a bar, which highlights the run', () => {
  const { table, runs, colors, note } = drawn([run('a', 1), run('b', 3), run('c', Number.NaN)], context([]))
  expect(table.rows).toEqual([
    ['a', 1, undefined, undefined],
    ['b', 3, undefined, undefined],
  ])
  expect(runs[0]).toEqual(['b', 'a']) // from below
  expect(colors).toEqual(['of b', 'of a'])
  expect(note).toBeUndefined()
})

test('groups have bars of their means in the colours of their lines', () => {
  const members = [run('a', 1, 'x'), run('b', 4, 'y'), run('c', 2, 'x'), run('d', Number.NaN, 'y')]
  const { table, runs, colors, note } = drawn(members, context(['x', 'y', 'z']))
  expect(table.columns).toHaveLength(5)
  expect(table.rows).toEqual([
    ['x', 1.5, 1, 2, 2],
    ['y', 4, 4, 4, 1],
  ])
  expect(runs[0]).toEqual([undefined, undefined])
  expect(colors).toEqual([seriesStyle(1).colour, seriesStyle(0).colour])
  expect(note).toBe('cards.groupedBars')
  const sorted = drawn(members, context(['x', 'y'], { sort: ['descending'] }))
  expect(sorted.table.rows.map(([name]) => name)).toEqual(['y', 'x'])
  const brushed = drawn(members.slice(1, 2), context(['x', 'y']))
  expect(brushed.colors).toEqual([seriesStyle(1).colour])
})
