import type { TraceInfo } from '../api/traces.js'
import { quoted } from '../runs/filter-conditions.js'
import { traceDuration, traceSession, traceStatus, traceTime, traceTokens } from '../traces/trace-values.js'

const KEY = 'metadata.`mlflow.trace.session`'

/** Traces that belong to any session. */
export const ANY_SESSION = `${KEY} IS NOT NULL`

export const sessionFilter = (session: string) => `${KEY} = ${quoted(session)}`

export interface Session {
  readonly id: string
  /** Oldest first. */
  readonly turns: readonly TraceInfo[]
}

/** The sessions of traces, that with the latest turn first. */
export function sessionsOf(traces: readonly TraceInfo[]): Session[] {
  const sessions = new Map<string, TraceInfo[]>()
  for (const trace of traces) {
    const id = traceSession(trace)
    if (!id) continue
    const turns = sessions.get(id)
    if (turns) turns.push(trace)
    else sessions.set(id, [trace])
  }
  return [...sessions]
    .map(([id, turns]) => ({ id, turns: turns.sort((a, b) => traceTime(a) - traceTime(b)) }))
    .sort((a, b) => lastTime(b) - lastTime(a))
}

export const lastTime = ({ turns }: Session) => traceTime(turns.at(-1)!)

/** Totals over the turns; undefined if no turn has the figure. */
export function sessionTotals(turns: readonly TraceInfo[]) {
  const sum = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined)
    return known.length > 0 ? known.reduce((a, b) => a + b, 0) : undefined
  }
  return {
    duration: sum(turns.map(traceDuration)),
    tokens: sum(turns.map((turn) => traceTokens(turn)?.total)),
    errors: turns.filter((turn) => traceStatus(turn) === 'ERROR').length,
  }
}
