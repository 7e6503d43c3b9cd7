import { expect, test } from 'vitest'
import type { CurveRun } from './curve-run.js'
import { legendLines } from './legend.js'

const run = (id: string, colour: string, group?: string): CurveRun => ({
  ...{ id, label: `run ${id}`, live: false, style: { colour, dash: [] } },
  ...(group !== undefined && { group, groupStyle: { colour: `of ${group}`, dash: [] } }),
})

test('has a line for each run, or one for each group', () => {
  expect(legendLines([run('a', 'red'), run('b', 'blue')]).map(({ label }) => label)).toEqual([
    'run a',
    'run b',
  ])
  const grouped = legendLines([run('a', 'red', 'als'), run('b', 'blue', 'ease'), run('c', 'green', 'als')])
  expect(grouped.map(({ label, style }) => [label, style.colour])).toEqual([
    ['als', 'of als'],
    ['ease', 'of ease'],
  ])
})
