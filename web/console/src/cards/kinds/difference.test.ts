import { expect, test } from 'vitest'
import type { VisibleRun } from '../../runs/visible-run.js'
import type { RunValues } from '../run-values.js'
import { difference } from './difference.js'
import type { DrawContext } from './drawing.js'

const run = (runId: string, value: number): RunValues => ({
  run: { runId, name: runId } as VisibleRun,
  text: () => undefined,
  number: (id) => (id === 'metrics.auc' ? value : Number.NaN),
})

const context = (b: string, within?: readonly string[]) =>
  ({
    options: { y: ['auc'], b: [b] },
    within: within && new Set(within),
    ...{ paint: {}, format: {}, t: (key: string) => key },
  }) as unknown as DrawContext

test('runs outside of a brush are left out, and the baseline remains', () => {
  const runs = [run('a', 1), run('b', 3), run('c', 6)]
  const rowsOf = (...inputs: Parameters<typeof context>) =>
    difference.draw(runs, context(...inputs)).table.rows.map(([name, , value]) => [name, value])
  expect(rowsOf('b')).toEqual([
    ['a', -2],
    ['c', 3],
  ])
  expect(rowsOf('b', ['c'])).toEqual([['c', 3]])
})
