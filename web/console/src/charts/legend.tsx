import { useMemo } from 'react'
import type { CurveRun } from './curve-run.js'
import { LineMark } from './line-mark.js'
import type { SeriesStyle } from './series-style.js'
import './charts.css'

/** A legend of more lines would take the room of the charts. */
const MAX_LEGEND = 12

/** The look of each run, or of each group of runs; nothing for one line and for many. */
export function Legend({ runs }: { runs: readonly CurveRun[] }) {
  const lines = useMemo(() => legendLines(runs), [runs])
  if (lines.length < 2 || lines.length > MAX_LEGEND) return null
  return (
    <ul className="legend">
      {lines.map(({ id, label, style }) => (
        <li key={id}>
          <LineMark style={style} width={22} />
          <span className="truncate">{label}</span>
        </li>
      ))}
    </ul>
  )
}

interface LegendLine {
  readonly id: string
  readonly label: string
  readonly style: SeriesStyle
}

export function legendLines(runs: readonly CurveRun[]): LegendLine[] {
  const lines = new Map<string, LegendLine>()
  for (const { id, label, style, group, groupStyle } of runs)
    if (group === undefined) lines.set(id, { id, label, style })
    else lines.set(group, { id: group, label: group, style: groupStyle ?? style })
  return [...lines.values()]
}
