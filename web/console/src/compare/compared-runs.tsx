import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { seriesStyle } from '../charts/series-style.js'
import { type RunRow, runName } from '../runs/row.js'
import { RunStatusMark } from '../runs/run-status.js'
import { Icon } from '../ui/icon.js'

interface ComparedRunsProps {
  readonly rows: readonly RunRow[]
  readonly baseline: string | undefined
  readonly onBaseline: (id: string) => void
  readonly onRemove: (id: string) => void
}

/** The compared runs with their chart colours. One of them can be the baseline for differences. */
export function ComparedRuns({ rows, baseline, onBaseline, onRemove }: ComparedRunsProps) {
  const { t } = useTranslation()
  return (
    <ul className="compared">
      {rows.map((row, index) => {
        const id = row.info.run_id
        const name = runName(row.info)
        return (
          <li key={id} className="panel" style={{ borderInlineStartColor: seriesStyle(index).colour }}>
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
          </li>
        )
      })}
    </ul>
  )
}
