import { createContext, useContext } from 'react'
import type { ComparedKey, ComparedMetric } from '../api/runs.js'
import type { CurveRun } from '../charts/curve-run.js'
import type { VisibleRun } from '../runs/visible-run.js'
import type { Options } from './card.js'

/** Shared by all cards of a panel. */
export interface CardsContext {
  readonly runs: readonly VisibleRun[]
  /** The same runs as lines draw them. */
  readonly curveRuns: readonly CurveRun[]
  /** Options of all line cards that do not set their own. */
  readonly view: Options
  readonly metrics: readonly ComparedMetric[]
  readonly params: readonly ComparedKey[]
  /** Selects the runs that an axis of parallel coordinates was brushed to; none selects nothing. */
  readonly onSelect: ((runIds: readonly string[]) => void) | undefined
}

export const CardsContext = createContext<CardsContext | undefined>(undefined)

export function useCards(): CardsContext {
  const context = useContext(CardsContext)
  if (!context) throw new Error('cards are shown in a panel')
  return context
}
