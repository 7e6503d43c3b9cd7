import { useTranslation } from 'react-i18next'
import type { ComparedKey } from '../api/runs.js'
import type { RunRow } from '../runs/row.js'
import { ComparisonTable } from './comparison-table.js'

interface ParamComparisonProps {
  readonly rows: readonly RunRow[]
  readonly params: readonly ComparedKey[]
  readonly all: boolean
  /** Index of the baseline run, −1 for none. Values that differ from its value are marked. */
  readonly baseline: number
}

export function ParamComparison({ rows, params, all, baseline }: ParamComparisonProps) {
  const { t } = useTranslation()
  const base = rows[baseline]?.info.run_id
  return (
    <ComparisonTable
      title={t('kind.params')}
      kind="params"
      rows={rows}
      keys={params}
      all={all}
      label={(key) => key}
      cells={(key, runs) => (run) => {
        const value = runs.get(rows[run]!.info.run_id)?.params.get(key)
        if (value === undefined) return <span className="muted">–</span>
        const isChanged = base !== undefined && value !== runs.get(base)?.params.get(key)
        return (
          <span className={isChanged ? 'mono truncate changed' : 'mono truncate'} title={value}>
            {value}
          </span>
        )
      }}
    />
  )
}
