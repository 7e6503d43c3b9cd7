import { expect, test } from 'vitest'
import type { VisibleRun } from '../../runs/visible-run.js'
import type { RunValues } from '../run-values.js'
import { box } from './box.js'
import { coloringBy } from './coloring.js'
import type { DrawContext } from './drawing.js'

const run = (group: string, value: number): RunValues => ({
  run: { runId: `${group}${value}`, name: group, color: 'grey', group } as VisibleRun,
  text: (id) => (id === 'params.model' ? group : undefined),
  number: (id) => (id === 'metrics.auc' ? value : Number.NaN),
})

const paint = { series: ['first', 'second', 'third'], resolve: (color: string) => color, faint: 'faint' }

const RUNS = [run('xgboost', Number.NaN), run('ials', 1), run('ease', 2), run('xgboost', 3)]

const colorsOf = (runs: readonly RunValues[], options: object, groups: readonly string[] = []) => {
  const context = {
    ...{ options: { y: ['auc'], ...options }, all: RUNS, groups },
    ...{ paint, format: {}, t: (key: string) => key },
  }
  const { chart, table } = box.draw(runs, context as unknown as DrawContext)
  const [series] = (chart as { series: { data: { itemStyle: { borderColor: string } }[] }[] }).series
  return table.rows.map(([name], i) => [name, series!.data[i]!.itemStyle.borderColor])
}

test('boxes are in the order of names, and have the colours of the first appearance, as lines have', () => {
  expect(colorsOf(RUNS, { g: ['params.model'] })).toEqual([
    ['ease', 'third'],
    ['ials', 'second'],
    ['xgboost', 'first'],
  ])
})

test('boxes of the groups of the table keep their colours while runs are brushed', () => {
  expect(colorsOf(RUNS.slice(2), {}, ['xgboost', 'ials', 'ease'])).toEqual([
    ['ease', 'third'],
    ['xgboost', 'first'],
  ])
})

test('boxes of a parameter keep their colours while runs are brushed', () => {
  expect(colorsOf(RUNS.slice(2), { g: ['params.model'] })).toEqual([
    ['ease', 'third'],
    ['xgboost', 'first'],
  ])
})

test('points coloured by a text have the colours of its first appearance, also while runs are brushed', () => {
  const legendOf = (runs: readonly RunValues[]) =>
    coloringBy('params.model', runs, { all: RUNS, paint, format: {} } as unknown as DrawContext).legend
  expect(legendOf(RUNS)).toEqual([
    ['xgboost', 'first'],
    ['ials', 'second'],
    ['ease', 'third'],
  ])
  expect(legendOf(RUNS.slice(2))).toEqual([
    ['ease', 'third'],
    ['xgboost', 'first'],
  ])
})
