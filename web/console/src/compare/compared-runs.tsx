import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useDeferredValue, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { highlightRun, useHighlightedRun } from '../charts/highlighted.js'
import { seriesStyle } from '../charts/series-style.js'
import { type RunRow, runName } from '../runs/row.js'
import { RunStatusMark } from '../runs/run-status.js'
import { Icon } from '../ui/icon.js'
import { ScrollArea } from '../ui/scroll-area.js'
import { SearchField } from '../ui/search-field.js'

/** More runs collapse to a legend. */
const MAX_CHIPS = 12
const ROW_PX = 36

interface ComparedRunsProps {
  readonly rows: readonly RunRow[]
  readonly baseline: string | undefined
  readonly onBaseline: (id: string) => void
  readonly onRemove: (id: string) => void
}

/** The compared runs with their chart colours. One of them can be the baseline for differences. */
export function ComparedRuns(props: ComparedRunsProps) {
  if (props.rows.length > MAX_CHIPS) return <RunLegend {...props} />
  return (
    <ul className="compared">
      {props.rows.map((row, index) => (
        <li
          key={row.info.run_id}
          className="panel"
          style={{ borderInlineStartColor: seriesStyle(index).colour }}
          {...highlightOn(row.info.run_id)}
        >
          <RunItem {...props} row={row} />
        </li>
      ))}
    </ul>
  )
}

/** Charts highlight the run under the pointer or the focus. */
const highlightOn = (id: string) => ({
  onPointerEnter: () => highlightRun(id),
  onPointerLeave: () => highlightRun(undefined),
  onFocus: () => highlightRun(id),
  onBlur: () => highlightRun(undefined),
})

function RunItem({ row, baseline, onBaseline, onRemove }: Omit<ComparedRunsProps, 'rows'> & { row: RunRow }) {
  const { t } = useTranslation()
  const id = row.info.run_id
  const name = runName(row.info)
  return (
    <>
      <RunStatusMark status={row.info.status} />
      <Link
        className="truncate"
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: row.info.experiment_id, runId: id }}
      >
        {name}
      </Link>
      <button
        type="button"
        className="button ghost small"
        aria-pressed={id === baseline}
        onClick={() => onBaseline(id === baseline ? '' : id)}
      >
        {id === baseline ? t('compare.baseline') : t('compare.setBaseline')}
      </button>
      <button
        type="button"
        className="button ghost small icon-only"
        aria-label={t('compare.remove', { name })}
        onClick={() => onRemove(id)}
      >
        <Icon name="close" size={12} />
      </button>
    </>
  )
}

/** A list of many runs with a search by name, of which only those in view are rendered. */
function RunLegend(props: ComparedRunsProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search).trim().toLowerCase()
  const found = useMemo(
    () =>
      props.rows
        .map((row, index) => ({ row, index }))
        .filter(({ row }) => runName(row.info).toLowerCase().includes(wanted)),
    [props.rows, wanted],
  )
  const scroller = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (at) => found[at]!.row.info.run_id,
    overscan: 6,
  })
  const highlighted = useHighlightedRun()
  return (
    <section className="panel run-legend" aria-label={t('compare.legend')}>
      <header>
        <SearchField label={t('compare.searchRuns')} value={search} onChange={setSearch} />
        <span className="muted" role="status">
          {t('runs.count', { count: found.length })}
        </span>
      </header>
      <ScrollArea className="run-legend-scroll" scroller={scroller}>
        <ul style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index: at, start, key }) => {
            const { row, index } = found[at]!
            return (
              <li
                key={key}
                aria-setsize={found.length}
                aria-posinset={at + 1}
                className={row.info.run_id === highlighted ? 'highlighted' : undefined}
                style={{ transform: `translateY(${start}px)` }}
                {...highlightOn(row.info.run_id)}
              >
                <span className="swatch" style={{ background: seriesStyle(index).colour }} />
                <RunItem {...props} row={row} />
              </li>
            )
          })}
        </ul>
      </ScrollArea>
    </section>
  )
}
