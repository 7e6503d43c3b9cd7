import type { ClipboardEvent } from 'react'
import type { Format } from '../i18n/format.js'

interface MetricNumberProps {
  readonly value: number | string
  readonly format: Format
  /** The decimals of the column; default: the decimals of the value. */
  readonly decimals?: number | undefined
}

/** A rounded value. Its tooltip and its copy have all digits. */
export function MetricNumber({ value, format, decimals }: MetricNumberProps) {
  const text = format.metric(value, decimals)
  return (
    <span title={String(value)} onCopy={(event) => copyWhole(event, text, String(value))}>
      {text}
    </span>
  )
}

/** Other selections, as of several cells, are copied as they are shown. */
function copyWhole(event: ClipboardEvent, shown: string, whole: string) {
  if (getSelection()?.toString().trim() !== shown) return
  event.preventDefault()
  event.clipboardData.setData('text/plain', whole)
}
