import { Whisker } from '../charts/whisker.js'
import { type Difference, rangeAroundZero } from './gate-figures.js'
import '../charts/charts.css'

/** The interval of the difference relative to zero. The check's text above it contains the numbers. */
export function DifferenceChart({ difference }: { difference: Difference }) {
  const { value, low, high } = difference
  const colour = low > 0 ? 'var(--ok)' : high < 0 ? 'var(--bad)' : 'var(--text-2)'
  return (
    <div className="difference">
      <span aria-hidden="true">0</span>
      <Whisker value={value} interval={{ low, high }} range={rangeAroundZero(difference)} colour={colour} />
    </div>
  )
}
