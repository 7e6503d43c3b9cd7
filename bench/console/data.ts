import { curve, fraction, START } from '../tracking/generate.js'

/** The metric with a history. */
export const HISTORY = 'loss'

export interface Experiment {
  readonly id: number
  readonly name: string
  readonly runs: number
  /** Metrics `metric_0`, … of a run, and parameters `param_0`, …. */
  readonly metrics: number
  readonly params: number
  /** Runs with a history, and its points. The other runs have the last point only. */
  readonly histories: number
  readonly points: number
}

/** The i-th run of an experiment, equal for every store. */
export const idOf = ({ id }: Experiment, i: number) => (id * 1_000_000 + i + 1).toString(16).padStart(32, '0')

export const idsOf = (experiment: Experiment, runs: number) =>
  Array.from({ length: Math.min(runs, experiment.runs) }, (_, i) => idOf(experiment, i))

export interface Entry<Value> {
  readonly key: string
  readonly value: Value
}

export interface RunData {
  readonly id: string
  readonly name: string
  readonly startTime: number
  readonly metrics: readonly Entry<number>[]
  readonly params: readonly Entry<string>[]
}

export function runOf(experiment: Experiment, i: number): RunData {
  const keys = <Value>(name: string, count: number, valueAt: (key: number) => Value) =>
    Array.from({ length: count }, (_, k) => ({ key: `${name}_${k}`, value: valueAt(k) }))
  const { metrics, params, histories, points } = experiment
  return {
    id: idOf(experiment, i),
    name: `run-${i}`,
    startTime: START + i * 1000,
    metrics: [
      { key: HISTORY, value: i < histories ? curve(points - 1) : fraction(i) },
      ...keys('metric', metrics, (k) => fraction(i * 131 + k)),
    ],
    params: keys('param', params, (k) => String((i * (k + 1)) % 97)),
  }
}

/** Runs `from` to `to`, exclusive, in batches. */
export function* batches(experiment: Experiment, entriesPerBatch = 100_000): Generator<readonly RunData[]> {
  const runs = Math.max(1, Math.floor(entriesPerBatch / (experiment.metrics + experiment.params)))
  for (let from = 0; from < experiment.runs; from += runs)
    yield Array.from({ length: Math.min(runs, experiment.runs - from) }, (_, i) =>
      runOf(experiment, from + i),
    )
}
