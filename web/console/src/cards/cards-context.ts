import { createContext, useContext, useMemo } from 'react'
import type { ComparedKey, ComparedMetric } from '../api/runs.js'
import type { CurveRun } from '../charts/curve-run.js'
import type { RunsSource } from '../reports/card-block.js'
import type { VisibleRun } from '../runs/visible-run.js'
import type { Brush, Brushes } from './brush.js'
import type { Options } from './card.js'

/** Shared by all cards of a panel. */
export interface CardsContext {
  readonly runs: readonly VisibleRun[]
  /** The runs within the brushes as lines draw them. */
  readonly curveRuns: readonly CurveRun[]
  /** Options of all line cards that do not set their own. */
  readonly view: Options
  readonly metrics: readonly ComparedMetric[]
  readonly params: readonly ComparedKey[]
  readonly brushes: Brushes
  /** The runs within all brushes, which other cards draw; undefined without a brush. */
  readonly within: ReadonlySet<string> | undefined
  /** Called when the axes of a card of parallel coordinates are brushed; undefined where a brush changes no other card. */
  readonly onBrush: ((cardId: string, brush: Brush | undefined) => void) | undefined
  /** The search and groups of the runs, for blocks of reports; undefined where cards have no menu. */
  readonly reportSource: RunsSource | undefined
}

export const CardsContext = createContext<CardsContext | undefined>(undefined)

export function useCards(): CardsContext {
  const context = useContext(CardsContext)
  if (!context) throw new Error('cards are shown in a panel')
  return context
}

/** The runs within all brushes. */
export function useRunsWithin(): readonly VisibleRun[] {
  const { runs, within } = useCards()
  return useMemo(() => (within ? runs.filter(({ runId }) => within.has(runId)) : runs), [runs, within])
}
