import { expect, test } from 'vitest'
import { DEFAULT_VIEW } from '../charts/curve-view.js'
import { seriesStyle } from '../charts/series-style.js'
import { curveRunsOf } from './curve-runs.js'
import { stacked } from './facet-files.js'
import { facetsOf, sharedXRange, withSharedRange } from './facets.js'
import { runValues } from './run-values.js'

const visible = (runId: string, group?: string) => ({
  ...{ runId, name: runId, color: 'red', status: 'FINISHED' as const },
  ...(group && { group }),
})

function facets(values: readonly (string | undefined)[]) {
  const runs = values.map((_, i) => visible(`r${i}`))
  const read = runs.map((run, i) =>
    runValues(
      run as never,
      {
        data: { params: values[i] === undefined ? [] : [{ key: 'lr', value: values[i] }] },
      } as never,
    ),
  )
  return facetsOf(curveRunsOf(runs as never, false), read, 'params.lr').map(({ value, runs: own }) => [
    value,
    ...own.map(({ id }) => id),
  ])
}

test('facets are in the order of their numbers or names, and runs without a value come last', () => {
  expect(facets(['0.1', '1e-3', undefined, '0.02', '0.1'])).toEqual([
    ['1e-3', 'r1'],
    ['0.02', 'r3'],
    ['0.1', 'r0', 'r4'],
    ['', 'r2'],
  ])
  expect(facets(['v10', 'v9', 'a']).map(([value]) => value)).toEqual(['a', 'v9', 'v10'])
  for (const values of [
    ['1e2', '5x', '20'],
    ['5x', '20', '1e2'],
    ['20', '1e2', '5x'],
  ])
    expect(facets(values).map(([value]) => value)).toEqual(['20', '1e2', '5x'])
})

test('facets have one range of y, which covers bands and keeps the ends that a reader chose', () => {
  const line = (ys: number[], highs = ys) => ({
    lines: [{ id: 'a', label: 'a', style: seriesStyle(0), curve: { xs: [0, 1], ys, lows: ys, highs } }],
  })
  const drawn = [line([1, Number.NaN]), line([2, 3], [2, 9])]
  expect(withSharedRange(DEFAULT_VIEW, drawn)).toMatchObject({ yMin: 1, yMax: 9 })
  expect(withSharedRange({ ...DEFAULT_VIEW, yMax: 4 }, drawn)).toMatchObject({ yMin: 1, yMax: 4 })
  expect(withSharedRange({ ...DEFAULT_VIEW, ignoreOutliers: true }, drawn).yMin).toBeUndefined()
  expect(withSharedRange(DEFAULT_VIEW, [line([5, 5])]).yMin).toBeUndefined()
})

test('facets have one range of x, which covers the longest line', () => {
  const line = (xs: number[], raw?: number[]) => ({
    lines: [
      {
        ...{ id: 'a', label: 'a', style: seriesStyle(0), curve: { xs, ys: xs } },
        ...(raw && { raw: { xs: raw, ys: raw } }),
      },
    ],
  })
  expect(sharedXRange([line([3, 5]), line([0, 2]), line([4], [4, 90])])).toEqual([0, 90])
  expect(sharedXRange([line([3]), line([3])])).toBeUndefined()
  expect(sharedXRange([])).toBeUndefined()
})

test('a group has the same colour in facets that lack the groups before it', () => {
  const runs = curveRunsOf([visible('a', 'adam'), visible('b', 'sgd')] as never, true)
  expect(runs.map(({ groupStyle }) => groupStyle)).toEqual([seriesStyle(0), seriesStyle(1)])
})

test('drawings are stacked in one document', () => {
  const drawing = '<svg xmlns="x" width="900" height="300" viewBox="0 0 900 300"></svg>'
  const svg = stacked([drawing, drawing])
  expect(svg).toMatch(/^<svg [^>]*width="900" height="600"/)
  expect(svg.match(/<svg y="\d+"/g)).toEqual(['<svg y="0"', '<svg y="300"'])
})
