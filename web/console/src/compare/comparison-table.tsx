import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { seriesStyle } from '../charts/series-style.js'
import { type RunRow, runName } from '../runs/row.js'
import { ScrollX } from '../ui/scroll-x.js'
import type { Comparison } from './differences.js'

interface ComparisonTableProps<T> {
  readonly title: string
  readonly rows: readonly RunRow[]
  readonly comparisons: readonly Comparison<T>[]
  /** Includes keys that are equal in all runs. */
  readonly all: boolean
  readonly numeric?: boolean
  readonly label: (key: string) => string
  readonly cell: (comparison: Comparison<T>, run: number) => ReactNode
}

/** One row per key, one column per run. */
export function ComparisonTable<T>(props: ComparisonTableProps<T>) {
  const { title, rows, comparisons, all, numeric, label, cell } = props
  const { t } = useTranslation()
  const heading = useId()
  const shown = comparisons.filter(({ differs }) => all || differs)
  const same = comparisons.length - shown.length
  const align = numeric ? 'number' : ''
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {same > 0 && <span className="muted">{t('compare.same', { count: same })}</span>}
      </header>
      {shown.length === 0 ? (
        <p className="body muted">
          {comparisons.length > 0 ? t('compare.noDifferences') : t('compare.noneLogged')}
        </p>
      ) : (
        <ScrollX>
          <table className="list comparison">
            <thead>
              <tr>
                <th scope="col">{t('compare.key')}</th>
                {rows.map((row, index) => (
                  <th scope="col" key={row.info.run_id} className={align}>
                    <span className="swatch" style={{ background: seriesStyle(index).colour }} />
                    {runName(row.info)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((comparison) => (
                <tr key={comparison.key}>
                  <th scope="row" title={comparison.key}>
                    {label(comparison.key)}
                  </th>
                  {rows.map((row, index) => (
                    <td key={row.info.run_id} className={align}>
                      {cell(comparison, index)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  )
}
