import type { Interval } from '../runs/row.js'
import { position } from '../runs/scale.js'

const WIDTH = 64
const INSET = 3

/** A value and its interval on the scale of its column. */
export function CellWhisker({
  value,
  interval,
  range,
}: {
  value: number
  interval: Interval
  range: Interval
}) {
  const x = (at: number) => INSET + position(at, range) * (WIDTH - 2 * INSET)
  return (
    <svg className="cell-whisker" width={WIDTH} height="10" aria-hidden="true">
      <line x1={x(interval.low)} x2={x(interval.high)} y1="5" y2="5" />
      <circle cx={x(value)} cy="5" r="2.5" />
    </svg>
  )
}
