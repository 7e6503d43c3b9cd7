import { type Card, first, type Options } from '../cards/card.js'
import { LINE_FIELDS } from '../cards/kinds/fields.js'
import type { Block } from './block.js'
import { GROUPED_KINDS, groupingsFromIds, MAX_RUNS } from './block-options.js'

/** The runs of a panel of cards. */
export interface RunsSource {
  /** A filter of the experiment; empty for chosen runs. */
  readonly filter: string
  readonly order: string | undefined
  /** How many first runs of the filter the panel shows; undefined for chosen runs. */
  readonly limit: number | undefined
  /** True if the runs are deleted. */
  readonly deleted: boolean
  /** Ids of the columns that group the runs. */
  readonly groupBy: readonly string[]
}

/** A run that a card draws. */
interface DrawnRun {
  readonly runId: string
  readonly experimentId: string
}

interface CardOnPage {
  readonly card: Card
  /** Options of all line cards that do not set their own. */
  readonly view: Options
  readonly runs: readonly DrawnRun[]
  readonly source: RunsSource
}

/** A reason why a report cannot draw a card. */
export type NoBlock = 'noRuns' | 'severalExperiments' | 'deletedRuns'

/** The block that draws a card with its runs, at most the first hundred. */
export function blockOfCard({ card, view, runs, source }: CardOnPage): Block | NoBlock {
  const { limit, filter, order, groupBy } = source
  if (source.deleted) return 'deletedRuns'
  const experiments = new Set(runs.map(({ experimentId }) => experimentId))
  const [experiment] = experiments
  if (experiment === undefined) return 'noRuns'
  if (experiments.size > 1) return 'severalExperiments'
  return {
    experiment,
    filter: limit === undefined ? filterOf(runs.slice(0, MAX_RUNS)) : filter,
    order: order ? [order] : [],
    groupBy: (GROUPED_KINDS.includes(card.kind) && groupingsFromIds(groupBy)) || [],
    runs: Math.min(limit ?? runs.length, MAX_RUNS),
    title: first(card.options, 'title').trim(),
    card: card.kind === 'line' ? withView(card, view) : card,
    columns: [],
  }
}

const filterOf = (runs: readonly DrawnRun[]) =>
  `attributes.run_id IN (${runs.map(({ runId }) => `'${runId}'`).join(', ')})`

function withView(card: Card, view: Options): Card {
  const shared = LINE_FIELDS.flatMap(({ key }) => (view[key] ? [[key, view[key]] as const] : []))
  return { ...card, options: { ...Object.fromEntries(shared), ...card.options } }
}
