import { init } from 'echarts/core'
import { expect, onTestFinished, test } from 'vitest'
import { brushedIndexes } from './chart-model.js'
import './echarts.js'
import { brushedIntervals, replaceOption, setBrushes } from './kept-brushes.js'

const option = (values: readonly number[], names = ['lr', 'loss']) => ({
  parallel: {},
  parallelAxis: names.map((name, dim) => ({ dim, name, type: 'value', scale: true })),
  series: [{ type: 'parallel', data: values.map((value) => [value, -value]) }],
})

function drawn() {
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width: 400, height: 200 })
  onTestFinished(() => chart.dispose())
  replaceOption(chart, option([1, 2, 3]))
  chart.dispatchAction({ type: 'axisAreaSelect', parallelAxisIndex: 0, intervals: [[1.5, 4]] })
  return { chart, active: () => brushedIndexes(chart) }
}

test('brushes of a chart remain when its runs change', () => {
  const { chart, active } = drawn()
  expect(active()).toEqual([1, 2])
  replaceOption(chart, option([1, 2, 3, 3.5, 9]))
  expect(active()).toEqual([1, 2, 3])
})

test('a brush ends with its axis', () => {
  const { chart, active } = drawn()
  replaceOption(chart, option([1, 2, 3], ['depth', 'loss']))
  expect(active()).toEqual([])
})

test('brushes move to a new chart, and end when they are cleared', () => {
  const { chart } = drawn()
  const other = init(null, undefined, { renderer: 'svg', ssr: true, width: 400, height: 200 })
  onTestFinished(() => other.dispose())
  replaceOption(other, option([1, 2, 3]), brushedIntervals(chart))
  expect(brushedIndexes(other)).toEqual([1, 2])
  setBrushes(other, new Map())
  expect(brushedIntervals(other).size).toBe(0)
  expect(brushedIndexes(other)).toEqual([])
})
