import { join } from 'node:path'
import { type EvaluationSummary, evaluate } from '@cairn/recommenders/evaluation/evaluate'
import { getProtocol, type Protocol } from '@cairn/recommenders/evaluation/protocol'
import { type Split, type SplitId, split } from '@cairn/recommenders/evaluation/splits/split'
import { type FitStep, resolveParameters } from '@cairn/recommenders/recipe'
import type { Scorer } from '@cairn/recommenders/scoring/scorer'
import { type Contender, getContender } from './contenders.js'
import { type LoadedEvents, loadEvents } from './load-events.js'
import { writeLists } from './write-lists.js'

export interface ModelTask {
  /** See `loadEvents`. */
  readonly path: string
  readonly kind: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly protocols: readonly string[]
  readonly threads?: number
  /** A folder for the recommendations of each user, see `writeLists`. */
  readonly lists?: string
  /** Popularity's summaries under the same protocols, to flag models below it. */
  readonly popularity?: readonly EvaluationSummary[]
}

export interface Measurement {
  readonly summary: EvaluationSummary
  /** The time of the evaluated fit; protocols with the same split share it. */
  readonly fit_seconds: number
  readonly evaluation_seconds: number
}

export interface MeasuredModel {
  readonly kind: string
  readonly title: string
  /** The caution of the recipe. */
  readonly caution?: string
  /** Including defaults. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly data: DataCounts
  /** In the order of the task's protocols. */
  readonly measurements: readonly Measurement[]
}

export interface DataCounts {
  readonly name: string
  readonly users: number
  readonly items: number
  readonly events: number
}

export type OnProgress = (phase: 'read' | 'fit' | 'evaluate', step?: FitStep) => void

/** Trains one model on the training split of each protocol, and measures it. */
export async function measureModel(task: ModelTask, onProgress: OnProgress): Promise<MeasuredModel> {
  const contender = await getContender(task.kind)
  const parameters = resolveParameters(contender, task.parameters)
  const protocols = task.protocols.map(getProtocol)
  onProgress('read')
  const events = await loadEvents(task.path)
  const context = { task, contender, parameters, events, onProgress }
  const fits = new Map<SplitId, FittedModel>()
  const measurements: Measurement[] = []
  try {
    for (const protocol of protocols) {
      const fitted = fits.get(protocol.split) ?? (await fit(context, protocol))
      fits.set(protocol.split, fitted)
      onProgress('evaluate')
      measurements.push(await measure(context, fitted, protocol))
    }
  } finally {
    for (const { scorer } of fits.values()) await scorer.close?.()
  }
  const { kind, title, caution } = contender
  return { kind, title, ...(caution && { caution }), parameters, data: countData(events), measurements }
}

interface MeasurementContext {
  readonly task: ModelTask
  readonly contender: Contender
  readonly parameters: Readonly<Record<string, unknown>>
  readonly events: LoadedEvents
  readonly onProgress: OnProgress
}

interface FittedModel {
  readonly parts: Split
  readonly scorer: Scorer
  readonly seconds: number
}

async function fit(
  { task: { threads }, contender, parameters, events, onProgress }: MeasurementContext,
  protocol: Protocol,
): Promise<FittedModel> {
  onProgress('fit')
  const { interactions, facts } = events
  const parts = split(protocol.split, interactions)
  const data = { train: parts.test.train, ...(facts && { facts }) }
  const started = performance.now()
  const scorer = await contender.fit(data, parameters, {
    onStep: (step) => onProgress('fit', step),
    ...(threads && { threads }),
  })
  return { parts, scorer, seconds: secondsSince(started) }
}

async function measure(
  { task, events, onProgress }: MeasurementContext,
  { parts, scorer, seconds }: FittedModel,
  protocol: Protocol,
): Promise<Measurement> {
  const { kind, threads, lists, popularity = [] } = task
  const started = performance.now()
  const popularitySummary = popularity.find((summary) => summary.protocol === protocol.id)
  const evaluation = await evaluate(scorer, parts, protocol, {
    ...(threads && { threads }),
    ...(popularitySummary && { popularity: popularitySummary }),
    onRanked: (done, total) => onProgress('evaluate', { done, total, unit: 'users' }),
  })
  const evaluation_seconds = secondsSince(started)
  if (lists) await writeLists(join(lists, `${kind}-${protocol.id}.jsonl`), evaluation, events.interactions)
  return { summary: evaluation.summary, fit_seconds: seconds, evaluation_seconds }
}

const secondsSince = (started: number) => (performance.now() - started) / 1000

const countData = ({ name, interactions }: LoadedEvents): DataCounts => ({
  name,
  users: interactions.users.size,
  items: interactions.items.size,
  events: interactions.itemOf.length,
})
