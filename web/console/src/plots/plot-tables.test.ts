import { expect, test } from 'vitest'
import type { TableData } from '../artifacts/json-table.js'
import { classCurves } from './class-curves.js'
import type { ClassCurve } from './classifier-statistics.js'
import { accuracyOf, confusionOf } from './confusion.js'
import { coarseBins, distributionAt, distributionsOf, outlineOf } from './distributions.js'
import { plotKindsOf } from './plot-kinds.js'
import { plotted } from './plotted-runs.js'

const table = (columns: string, ...rows: unknown[][]): TableData => ({ columns: columns.split(','), rows })

test.each<[string, unknown[], readonly string[]]>([
  ['label,score', [1, 0.9], ['roc', 'pr', 'calibration']],
  ['y_true,y_pred,y_score,age', [1, 1, 0.9, 30], ['roc', 'pr', 'calibration', 'confusion']],
  ['target,score_cat,score_dog', ['cat', 0.9, 0.1], ['roc', 'pr', 'calibration']],
  ['class,fpr,tpr', ['a', 0, 1], ['roc']],
  ['class,recall,precision,threshold', ['a', 0, 1, 0.5], ['pr']],
  ['prob_pred,prob_true,count', [0.1, 0.2, 30], ['calibration']],
  ['Actual,Predicted,nPredictions', ['a', 'b', 3], ['confusion']],
  ['step,from,to,count', [1, 0, 1, 5], ['heat', 'ridge', 'histogram']],
  ['step,value', [1, 0.5], ['heat', 'ridge', 'histogram']],
])('a table of %s has its plots', (columns, row, kinds) => {
  expect(plotKindsOf(table(columns, row))).toEqual(kinds)
})

test.each([
  ['model,precision,recall,f1', ['a', 0.1, 0.2, 0.3]],
  ['positive_class,recall_score,precision_score', [0, 1, 1]],
  ['step,value,note', [1, 2, 'x']],
  ['label,title', [1, 'x']],
])('a table of %s has no plots', (columns, row) => {
  expect(plotKindsOf(table(columns, row))).toEqual([])
})

test('a table without rows, or with a label for each row, has no plots', () => {
  expect(plotKindsOf(table('label,score'))).toEqual([])
  const ids = Array.from({ length: 100 }, (_, i) => [i, i / 100])
  expect(plotKindsOf(table('label,score', ...ids))).toEqual([])
})

test('a table with too many labels has no plots, also when the first rows have few', () => {
  const rows = Array.from({ length: 6_000 }, (_, i) => [i < 5_500 ? 'a' : `id-${i}`, 'a'])
  expect(plotKindsOf(table('label,prediction', ...rows))).toEqual([])
})

test('one score of more than two labels has no curves, because it does not name its label', () => {
  const rows = ['cat', 'dog', 'wolf'].map((label) => [label, label, 0.9])
  expect(plotKindsOf(table('label,prediction,score', ...rows))).toEqual(['confusion'])
  expect(plotKindsOf(table('label,score', ['', 0.9], [null, 0.1]))).toEqual([])
})

test('rows without a label or a prediction are left out', () => {
  const rows = table('label,prediction,score', [1, 1, 0.9], [0, 0, 0.2], [null, 0, 0.95], [1, null, 0.1])
  expect(classCurves(rows, 'roc').map(({ className, summary }) => [className, summary])).toEqual([['1', 0.5]])
  expect(confusionOf(rows)).toMatchObject({ classes: ['0', '1'], total: 2 })
})

test('logged points of precision and recall have the average precision, in both orders', () => {
  // scikit-learn's precision_recall_curve returns these for the rows of classifier-statistics.test.ts.
  const recalls = [1, 1, 1, 0.8, 0.8, 0.6, 0.4, 0.4, 0.2, 0]
  const precisions = [0.5, 5 / 9, 0.625, 4 / 7, 0.8, 0.75, 2 / 3, 1, 1, 1]
  const points = recalls.map((recall, i) => [recall, precisions[i]])
  for (const rows of [points, points.toReversed()]) {
    const [{ xs, ys, summary }] = classCurves(table('recall,precision', ...rows), 'pr') as [ClassCurve]
    expect(summary).toBeCloseTo(0.835, 12)
    expect(xs.map((x, i) => [x, ys[i]]).slice(-4)).toEqual(
      [0.8, 0.8, 1, 1].map((x, i) => [x, [0.8, 4 / 7, 0.625, 0.5][i]]),
    )
  }
})

test('draws the logged points of each class in their order, without rows that are no numbers', () => {
  const logged = table('class,fpr,tpr', ['a', 1, 1], ['a', 0, 0], ['b', 0, 0], ['a', 0, 0.5], ['a', 'NaN', 1])
  expect(classCurves(logged, 'roc').map(({ className, xs, ys }) => [className, xs, ys])).toEqual([
    ['a', [0, 0, 1], [0, 0.5, 1]],
    ['b', [0], [0]],
  ])
  expect(classCurves(logged, 'roc')[0]!.summary).toBe(0.75)
})

test('computes a curve of each class from its column of scores, and of the last label from one column', () => {
  const animals = table('label,score_cat,score_dog', ['cat', 0.9, 0.1], ['dog', 0.2, 0.8], ['dog', 0.6, null])
  expect(classCurves(animals, 'roc').map(({ className, summary }) => [className, summary])).toEqual([
    ['cat', 1],
    ['dog', 1],
  ])
  const spam = table('label,score', [false, 0.2], [true, 0.7], [true, 0.1])
  expect(classCurves(spam, 'roc').map(({ className, summary }) => [className, summary])).toEqual([
    ['true', 0.5],
  ])
})

test('counts rows by label and prediction, or adds logged counts', () => {
  const rows = table('label,prediction', ['b', 'b'], ['a', 'b'], ['b', 'b'], ['a', 'c'])
  const counted = confusionOf(rows)
  expect(counted.classes).toEqual(['a', 'b', 'c'])
  expect(counted.counts).toEqual([
    [0, 1, 1],
    [0, 2, 0],
    [0, 0, 0],
  ])
  expect(accuracyOf(counted)).toBe(0.5)
  const logged = confusionOf(table('Actual,Predicted,nPredictions', [0, 0, 7], [0, 1, 2], [1, 1, 1]))
  expect([logged.counts, logged.total]).toEqual([
    [
      [7, 2],
      [0, 1],
    ],
    10,
  ])
})

test('reads histograms by step, from bins and from values', () => {
  const bins = table('step,from,to,count', [2, 0, 1, 4], [1, 1, 2, 3], [1, 0, 1, 1], [1, 2, 3, 0])
  const distributions = distributionsOf(bins)
  expect(distributions.map(({ step, total }) => [step, total])).toEqual([
    [1, 4],
    [2, 4],
  ])
  expect(distributionAt(distributions, 1.5)).toBe(distributions[0])
  expect(distributionAt(distributions, 0)).toBeUndefined()
  const values = distributionsOf(table('step,value', [1, 0], [1, 4], [2, 4], [2, Number.NaN]))
  expect(values.map(({ bins: own }) => own.map(({ from, count }) => [from, count]))).toEqual([
    [
      [0, 1],
      [expect.closeTo(3.9), 1],
    ],
    [[expect.closeTo(3.9), 1]],
  ])
})

test('bins to infinity are left out, and many bins become fewer with the same rows', () => {
  const inf = Number.POSITIVE_INFINITY
  const [one] = distributionsOf(table('step,from,to,count', [1, -inf, 0, 9], [1, 0, 1, 2], [1, 1, inf, 9]))
  expect(one!.bins).toEqual([{ from: 0, to: 1, count: 2 }])
  const bins = Array.from({ length: 1_001 }, (_, i) => ({ from: i, to: i + 1, count: 1 }))
  const coarse = coarseBins(bins, 200)
  expect([coarse.length, coarse[0], coarse.at(-1)]).toEqual([
    167,
    { from: 0, to: 6, count: 6 },
    { from: 996, to: 1_001, count: 5 },
  ])
  expect(coarseBins(bins, 2_000)).toBe(bins)
})

test('the area below the outline of a histogram is 1, also with gaps', () => {
  const [one] = distributionsOf(table('step,from,to,count', [1, 0, 2, 4], [1, 5, 6, 4]))
  const outline = outlineOf(one!)
  const area = outline
    .slice(1)
    .reduce((sum, [x, y], i) => sum + ((x - outline[i]![0]) * (y + outline[i]![1])) / 2, 0)
  expect(area).toBeCloseTo(1)
})

test('draws the runs whose table has the plot', () => {
  const runs = ['a', 'b', 'c'].map((name) => ({ runId: name, name, color: 'red' }))
  const tables = [table('label,prediction', ['x', 'x']), undefined, table('fpr,tpr', [0, 1])]
  expect(plotted(runs, tables, undefined)).toMatchObject({ kind: 'roc', kinds: ['roc', 'confusion'] })
  expect(plotted(runs, tables, 'confusion').sources.map(({ name }) => name)).toEqual(['a'])
  expect(plotted(runs, tables, 'heat').kind).toBeUndefined()
})
