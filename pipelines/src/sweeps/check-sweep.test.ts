import type { Sweep } from '@cairn/platform/protocol/databricks/sweeps'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { expect, test } from 'vitest'
import { checkSweep } from './check-sweep.js'

const task: TaskSettings = { task_key: 'one', shell_task: { script: 'x' } }
const grid: Sweep = {
  method: 'grid',
  parameters: { x: { values: [1, 2] } },
  objective: { metric: 'm', goal: 'maximize' },
}
const random: Sweep = { ...grid, method: 'random', trials: 3, parameters: { x: { min: 1, max: 2 } } }
const range = (parameter: object): Sweep => ({ ...random, parameters: { x: parameter } })
const big = { values: Array.from({ length: 100 }, (_, i) => i) }

test.each<[string, Sweep]>([
  ['a grid', grid],
  ['a range', random],
  ['one value', range({ min: 1, max: 1, scale: 'log', type: 'int' })],
  ['the beginning of a large grid', { ...grid, parameters: { a: big, b: big }, trials: 10 }],
])('takes %s', (_name, sweep) => expect(checkSweep(sweep, task, 's')).toBeUndefined())

test.each<[string, Sweep, string, TaskSettings?]>([
  ['no parameters', { ...grid, parameters: {} }, 's.parameters: a sweep needs at least one parameter.'],
  ['a bad name', { ...grid, parameters: { 'a.b': { values: [1] } } }, 's.parameters.a.b: a name has letters'],
  ['an unknown field', range({ min: 1, max: 2, step: 1 }), 's.parameters.x.step is not a known field.'],
  [
    'values and a range',
    range({ values: [1], min: 1 }),
    's.parameters.x: pass either values, or min and max.',
  ],
  ['nothing', range({}), 's.parameters.x: pass either values, or min and max.'],
  ['half a range', range({ min: 1 }), 's.parameters.x: a range needs min and max.'],
  ['a range upside down', range({ min: 2, max: 1 }), 's.parameters.x: min and max are finite numbers'],
  [
    'fractions of integers',
    range({ min: 0.5, max: 1, type: 'int' }),
    's.parameters.x: min and max are not integers',
  ],
  [
    'the logarithm of 0',
    range({ min: 0, max: 1, scale: 'log' }),
    's.parameters.x.min is 0; a log scale needs',
  ],
  [
    'a scale of values',
    range({ values: [1], scale: 'log' }),
    's.parameters.x: scale and type have no effect',
  ],
  ['a range in a grid', { ...random, method: 'grid' }, 's.parameters.x: a grid needs values'],
  [
    'random without trials',
    { ...grid, method: 'random' },
    's.trials: random search needs the number of trials.',
  ],
  ['the seed of a grid', { ...grid, seed: 1 }, 's.seed has no effect on a grid'],
  ['a huge grid', { ...grid, parameters: { a: big, b: big } }, 's: the grid has 10000 combinations'],
  ['a cache', grid, 's: the trials of a sweep log', { ...task, cache: { enabled: true } }],
  [
    'a query',
    grid,
    's: a sql_task cannot log a metric',
    { task_key: 'one', sql_task: { warehouse_id: 'x' } },
  ],
])('refuses %s', (_name, sweep, message, one = task) =>
  expect(() => checkSweep(sweep, one, 's')).toThrow(message),
)
