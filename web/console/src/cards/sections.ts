import type { ComparedMetric } from '../api/runs.js'
import { compareNaturally } from '../app/natural-order.js'
import { compareMetricKeys, isIntervalKey, isSystemKey } from '../metrics/metric-name.js'
import type { Card } from './card.js'
import type { ChartsState } from './charts-state.js'
import { applyMoves, type Move } from './moves.js'

export interface Section {
  readonly name: string
  readonly folded: boolean
  readonly cards: readonly Card[]
  /** The ids of its cards before any was moved. */
  readonly unmoved: readonly string[]
}

const SYSTEM = 'system'
/** The section of added cards. */
export const OWN_SECTION = ''

/** The part of a metric before its first `/`; metrics without one share a section. */
export const sectionOf = (metric: string): string => {
  const slash = metric.indexOf('/')
  return slash > 0 ? metric.slice(0, slash) : METRICS_SECTION
}

export const METRICS_SECTION = '-'
/** The section of default cards over parameters. */
export const PARAMS_SECTION = '='
/** The section of the default card of images. */
export const MEDIA_SECTION = '+'

/** A line for each metric with a history, a bar for each metric with one value. */
export const defaultCards = (metrics: readonly ComparedMetric[]): Card[] =>
  metrics
    .filter(({ key }) => !isIntervalKey(key))
    .sort((a, b) => compareMetricKeys(a.key, b.key))
    .map(({ key, last_step }) => ({
      id: `m.${key}`,
      kind: last_step > 0 || isSystemKey(key) ? 'line' : 'bar',
      section: sectionOf(key),
      width: 1,
      height: 1,
      options: { y: [key] },
    }))

/** The cards by section as the reader arranged them: added ones first, system metrics last. */
export function sectionsOf(state: ChartsState, defaults: readonly Card[]): Section[] {
  const ids = new Set(defaults.map(({ id }) => id))
  const added = [...state.cards.values()].filter(({ id }) => !ids.has(id))
  const all = [...added, ...defaults.map((card) => state.cards.get(card.id) ?? card)]
  const bySection = new Map<string, Card[]>()
  for (const card of all) {
    if (state.removed.has(card.id)) continue
    const section = bySection.get(card.section) ?? []
    section.push(card)
    bySection.set(card.section, section)
  }
  return [...bySection]
    .sort(([a], [b]) => rank(a) - rank(b) || compareNaturally(a, b))
    .map(([name, cards]) => ({
      name,
      folded: (name === SYSTEM) !== state.toggled.has(name),
      cards: arranged(cards, state.moves),
      unmoved: cards.map(({ id }) => id),
    }))
}

const rank = (section: string) =>
  [OWN_SECTION, PARAMS_SECTION, METRICS_SECTION, MEDIA_SECTION].indexOf(section) + 1 ||
  (section === SYSTEM ? 6 : 5)

function arranged(cards: readonly Card[], moves: readonly Move[]): Card[] {
  const byId = new Map(cards.map((card) => [card.id, card]))
  return applyMoves([...byId.keys()], moves).map((id) => byId.get(id)!)
}
