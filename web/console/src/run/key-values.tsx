import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { compareNaturally } from '../app/natural-order.js'
import { SearchField } from '../ui/search-field.js'

/** More entries than these have a search. */
const FEW = 15
const FIRST = 200

const LONG = 500

interface KeyValuesProps {
  readonly title: string
  readonly empty: string
  readonly entries: readonly (readonly [string, string])[]
}

export function KeyValues({ title, empty, entries }: KeyValuesProps) {
  const { t } = useTranslation()
  const heading = useId()
  const [search, setSearch] = useState('')
  const [all, setAll] = useState(false)
  const wanted = search.trim().toLowerCase()
  const found = entries.filter((entry) => entry.some((text) => text.toLowerCase().includes(wanted)))
  const sorted = found.sort(([a], [b]) => compareNaturally(a, b))
  const shown = all ? sorted : sorted.slice(0, FIRST)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {entries.length > FEW ? (
          <SearchField label={t('overview.searchIn', { title })} value={search} onChange={setSearch} />
        ) : (
          <span className="muted">{entries.length || ''}</span>
        )}
      </header>
      {entries.length === 0 && <p className="body muted">{empty}</p>}
      {entries.length > 0 && found.length === 0 && (
        <p className="body muted">{t('overview.noMatch', { search })}</p>
      )}
      {shown.length > 0 && (
        <dl className="body facts">
          {shown.map(([key, value]) => (
            <div key={key} className="fact">
              <dt>{key}</dt>
              <Value text={value} />
            </div>
          ))}
        </dl>
      )}
      {shown.length < found.length && (
        <button type="button" className="button ghost" onClick={() => setAll(true)}>
          {t('overview.showAll', { count: found.length })}
        </button>
      )}
    </section>
  )
}

function Value({ text }: { text: string }) {
  if (text.length <= LONG) return <dd className="mono">{text || '–'}</dd>
  return (
    <dd className="mono">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll */}
      <div className="long-value" tabIndex={0}>
        {text}
      </div>
    </dd>
  )
}
