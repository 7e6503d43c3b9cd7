import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { HEADLINE_METRICS, metricLabel } from '../metrics/metric-name.js'
import { durationOf, type RunRow, runName } from '../runs/row.js'
import { RunStatusMark } from '../runs/run-status.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import { MAX_CHILDREN, readChildren } from './read-children.js'

/** The child runs of a run as a tree; nothing without any. */
export function ChildRuns({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const heading = useId()
  const children = useChildren(row)
  if (!children.data || children.data.rows.length === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('childRuns.title')}</h2>
        <span className="muted">
          {children.data.rows.length}
          {children.data.more && '+'}
        </span>
      </header>
      <ChildList rows={children.data.rows} />
      {children.data.more && <p className="body muted">{t('childRuns.more', { count: MAX_CHILDREN })}</p>}
    </section>
  )
}

function ChildList({ rows }: { rows: readonly RunRow[] }) {
  return (
    <ul className="child-runs">
      {rows.map((row) => (
        <Child key={row.info.run_id} row={row} />
      ))}
    </ul>
  )
}

function Child({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const { info, metrics } = row
  const name = runName(info)
  const duration = durationOf(info, Date.now())
  const metric = HEADLINE_METRICS.find((key) => metrics.has(key)) ?? [...metrics.keys()][0]
  return (
    <li>
      <div className="child-run">
        <button
          type="button"
          className="fold"
          aria-expanded={open}
          aria-label={t(open ? 'runs.collapse' : 'runs.expand', { name })}
          onClick={() => setOpen(!open)}
        >
          <Icon name="chevron" size={12} />
        </button>
        <RunStatusMark status={info.status} />
        <Link
          className="truncate"
          to="/experiments/$experimentId/runs/$runId"
          params={{ experimentId: info.experiment_id, runId: info.run_id }}
        >
          {name}
        </Link>
        <span className="muted">
          {metric && `${metricLabel(metric)} ${format.metric(metrics.get(metric))}`}
        </span>
        <span className="muted number">{duration === undefined ? '' : format.duration(duration)}</span>
      </div>
      {open && <Grandchildren row={row} />}
    </li>
  )
}

function Grandchildren({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const children = useChildren(row)
  if (children.isPending) return <Skeleton lines={1} />
  if (children.isError) return <Failure error={children.error} retry={() => void children.refetch()} />
  if (children.data.rows.length === 0) return <p className="child-runs muted">{t('childRuns.none')}</p>
  return <ChildList rows={children.data.rows} />
}

function useChildren(row: RunRow) {
  const { experiment_id, run_id } = row.info
  return useQuery({
    queryKey: queryKeys.childRuns(experiment_id, run_id),
    queryFn: ({ signal }) => readChildren(row, signal),
  })
}
