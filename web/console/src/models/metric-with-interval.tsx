import { useFormat } from '../i18n/format.js'
import type { intervalOf } from '../runs/row.js'

interface MetricWithIntervalProps {
  readonly value: number
  readonly interval: ReturnType<typeof intervalOf>
}

export function MetricWithInterval({ value, interval }: MetricWithIntervalProps) {
  const format = useFormat()
  return (
    <>
      {format.metric(value)}
      {interval && <small className="muted overlap">{format.range(interval.low, interval.high)}</small>}
    </>
  )
}
