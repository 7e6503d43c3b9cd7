import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScrollX } from '../ui/scroll-x.js'
import type { Pair } from './compare-versions-page.js'
import type { Difference } from './differences.js'

interface ComparisonPanelProps<T> {
  readonly title: string
  readonly pair: Pair
  readonly rows: readonly Difference<T>[]
  readonly empty: string
  readonly label?: (key: string) => ReactNode
  readonly value: (value: T, key: string) => ReactNode
  /** A last column about both values. */
  readonly change?: (row: Difference<T>) => ReactNode
}

/** Values of two versions by key. Equal values are folded. */
export function ComparisonPanel<T>(props: ComparisonPanelProps<T>) {
  const { title, pair, rows, empty, label = (key) => key, value, change } = props
  const { t } = useTranslation()
  const heading = useId()
  const [all, setAll] = useState(false)
  const equal = rows.filter(({ differs }) => !differs).length
  const shown = all ? rows : rows.filter(({ differs }) => differs)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {equal > 0 && (
          <button
            type="button"
            className="button ghost small"
            aria-pressed={all}
            onClick={() => setAll(!all)}
          >
            {t(all ? 'compareVersions.hideEqual' : 'compareVersions.showEqual', { count: equal })}
          </button>
        )}
      </header>
      {rows.length === 0 && <p className="body muted">{empty}</p>}
      {rows.length > 0 && shown.length === 0 && <p className="body muted">{t('compareVersions.equal')}</p>}
      {shown.length > 0 && (
        <ScrollX>
          <table className="list version-values">
            <thead>
              <tr>
                <th scope="col">{t('compare.key')}</th>
                <th scope="col">v{pair.left.version}</th>
                <th scope="col">v{pair.right.version}</th>
                {change && <th scope="col">{t('compareVersions.change')}</th>}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.key}>
                  <th scope="row">{label(row.key)}</th>
                  <td>{row.left === undefined ? <Missing /> : value(row.left, row.key)}</td>
                  <td>{row.right === undefined ? <Missing /> : value(row.right, row.key)}</td>
                  {change && <td>{change(row)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  )
}

function Missing() {
  const { t } = useTranslation()
  return <span className="muted">{t('compareVersions.missing')}</span>
}
