import type { CSSProperties } from 'react'
import type { Interval } from '../runs/row.js'
import { position } from '../runs/scale.js'

interface WhiskerProps {
  readonly value: number
  readonly interval: Interval | undefined
  readonly range: Interval
  readonly colour?: string
}

const END = 3.5

/** A value and its interval on a full-width track. Hidden from screen readers, because the numbers appear beside it as text. */
export function Whisker({ value, interval, range, colour }: WhiskerProps) {
  const x = (at: number) => `${(3 + position(at, range) * 94).toFixed(2)}%`
  const style = colour ? ({ '--whisker-colour': colour } as CSSProperties) : undefined
  return (
    <svg className="whisker" style={style} aria-hidden="true">
      <line className="track" x1="0" x2="100%" y1="9" y2="9" />
      {interval && (
        <>
          <line x1={x(interval.low)} x2={x(interval.high)} y1="9" y2="9" />
          <line x1={x(interval.low)} x2={x(interval.low)} y1={9 - END} y2={9 + END} />
          <line x1={x(interval.high)} x2={x(interval.high)} y1={9 - END} y2={9 + END} />
        </>
      )}
      <circle cx={x(value)} cy="9" r="4" />
    </svg>
  )
}
