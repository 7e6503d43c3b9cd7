import { invalid } from '@cairn/platform/errors'
import type { Sweep, SweptParameter } from '@cairn/platform/protocol/databricks/sweeps'
import {
  kindsOf,
  type TaskKindName,
  type TaskSettings,
} from '@cairn/platform/protocol/databricks/task-settings'
import { gridSize, MAX_TRIALS } from './sample-trials.js'

const MAX_PARAMETERS = 100
const FIELDS = ['values', 'min', 'max', 'scale', 'type']
/** Kinds whose tasks cannot log a metric to a run. */
const WITHOUT_METRICS: readonly TaskKindName[] = ['sql_task', 'run_job_task']

/** @param where the field, for messages. @throws INVALID_PARAMETER_VALUE for a sweep that cannot run, naming the field */
export function checkSweep(sweep: Sweep, task: TaskSettings, where: string): void {
  const names = Object.keys(sweep.parameters)
  if (names.length === 0) throw invalid(`${where}.parameters: a sweep needs at least one parameter.`)
  if (names.length > MAX_PARAMETERS)
    throw invalid(`${where}.parameters: ${names.length} parameters; the limit is ${MAX_PARAMETERS}.`)
  for (const name of names) checkParameter(name, sweep, `${where}.parameters`)
  if (sweep.method === 'random' && sweep.trials === undefined)
    throw invalid(`${where}.trials: random search needs the number of trials.`)
  if (sweep.method === 'grid' && sweep.seed !== undefined)
    throw invalid(`${where}.seed has no effect on a grid; use random.`)
  const size = sweep.method === 'grid' ? gridSize(sweep) : 0
  if (size > MAX_TRIALS && sweep.trials === undefined)
    throw invalid(
      `${where}: the grid has ${size} combinations; the limit is ${MAX_TRIALS}. Set trials, or use random.`,
    )
  if (task.cache?.enabled)
    throw invalid(`${where}: the trials of a sweep log their metric each time, so they have no cache.`)
  const kind = kindsOf(task).find((one) => WITHOUT_METRICS.includes(one))
  if (kind) throw invalid(`${where}: a ${kind} cannot log a metric, so it cannot be the task of a sweep.`)
}

function checkParameter(name: string, { method, parameters }: Sweep, field: string) {
  const where = `${field}.${name.slice(0, 100)}`
  const parameter = parameters[name]!
  if (!/^[\w-]{1,100}$/.test(name))
    throw invalid(`${where}: a name has letters, digits, '_' and '-', at most 100.`)
  const unknown = Object.keys(parameter).find((key) => !FIELDS.includes(key))
  if (unknown !== undefined) throw invalid(`${where}.${unknown.slice(0, 100)} is not a known field.`)
  const { values, min, max, scale, type } = parameter
  if ((values === undefined) === (min === undefined && max === undefined))
    throw invalid(`${where}: pass either values, or min and max.`)
  if (values && (scale ?? type) !== undefined)
    throw invalid(`${where}: scale and type have no effect on values.`)
  if (!values && method === 'grid') throw invalid(`${where}: a grid needs values; use random for a range.`)
  if (!values) checkRange(parameter, where)
}

function checkRange({ min, max, scale, type }: SweptParameter, where: string) {
  if (min === undefined || max === undefined) throw invalid(`${where}: a range needs min and max.`)
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max)
    throw invalid(`${where}: min and max are finite numbers, and min is not above max.`)
  if (type === 'int' && !(Number.isSafeInteger(min) && Number.isSafeInteger(max)))
    throw invalid(`${where}: min and max are not integers, which type int needs.`)
  if (scale === 'log' && (type === 'int' ? min < 1 : min <= 0))
    throw invalid(`${where}.min is ${min}; a log scale needs positive numbers.`)
}
