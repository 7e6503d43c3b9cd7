import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { TraceInfo } from '../api/traces.js'
import type { Format } from '../i18n/format.js'
import { StatusMark } from '../ui/status.js'
import { NAME_PX, type TraceColumn } from './trace-cells.js'
import { TRACE_TONE, traceName, traceStatus } from './trace-values.js'

interface TraceRowProps {
  readonly trace: TraceInfo
  readonly index: number
  readonly top: number
  readonly columns: readonly TraceColumn[]
  readonly format: Format
  readonly selected: boolean
  /** Only the current row is in the tab order. */
  readonly current: boolean
  readonly onSelect: ((id: string) => void) | undefined
  readonly onFocus: (id: string) => void
  readonly onFilter: (clause: string) => void
}

export const TraceRow = memo(function TraceRow(props: TraceRowProps) {
  const { trace, index, top, columns, format, selected, current, onSelect, onFocus, onFilter } = props
  const { t } = useTranslation()
  const name = traceName(trace)
  const status = traceStatus(trace)
  const reach = current ? 0 : -1
  return (
    <tr
      data-trace={trace.trace_id}
      aria-rowindex={index + 2}
      aria-selected={onSelect ? selected : undefined}
      tabIndex={reach}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(trace.trace_id)}
    >
      <td className="pinned" style={{ width: NAME_PX }}>
        {onSelect && (
          <input
            type="checkbox"
            tabIndex={reach}
            aria-label={t('traces.select', { name })}
            checked={selected}
            onChange={() => onSelect(trace.trace_id)}
          />
        )}
        <span className="status-mark" title={t(`traceStatus.${status}`)}>
          <StatusMark tone={TRACE_TONE[status]} />
          <span className="visually-hidden">{t(`traceStatus.${status}`)}</span>
        </span>
        <Link
          className="truncate"
          tabIndex={reach}
          to="/experiments/$experimentId/traces/$traceId"
          params={{
            experimentId: trace.trace_location.mlflow_experiment?.experiment_id ?? '0',
            traceId: trace.trace_id,
          }}
          title={name}
        >
          {name}
        </Link>
      </td>
      {columns.map(({ id, width, isNumber, cell }) => (
        <td
          key={id}
          className={isNumber ? 'number' : undefined}
          style={{ width, ...(!isNumber && { flexGrow: width }) }}
        >
          {cell(trace, format, onFilter)}
        </td>
      ))}
    </tr>
  )
})
