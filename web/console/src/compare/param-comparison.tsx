import { useTranslation } from 'react-i18next'
import type { RunRow } from '../runs/row.js'
import { ComparisonTable } from './comparison-table.js'
import type { Comparison } from './differences.js'

interface ParamComparisonProps {
  readonly rows: readonly RunRow[]
  readonly params: readonly Comparison<string>[]
  readonly all: boolean
  /** Index of the baseline run; −1 compares with the first run. */
  readonly baseline: number
}

export function ParamComparison({ rows, params, all, baseline }: ParamComparisonProps) {
  const { t } = useTranslation()
  return (
    <ComparisonTable
      title={t('kind.params')}
      rows={rows}
      comparisons={params}
      all={all}
      label={(key) => key}
      cell={({ values, differs }, index) => {
        const value = values[index]
        if (value === undefined) return <span className="muted">–</span>
        return (
          <span className={differs && value !== values[Math.max(0, baseline)] ? 'mono changed' : 'mono'}>
            {value}
          </span>
        )
      }}
    />
  )
}
