interface KeyValuesProps {
  readonly title: string
  readonly empty: string
  readonly entries: readonly (readonly [string, string])[]
  /** Keeps the order of the entries instead of sorting by key. */
  readonly keepOrder?: boolean
}

export function KeyValues({ title, empty, entries, keepOrder = false }: KeyValuesProps) {
  const sorted = keepOrder ? entries : [...entries].sort(([a], [b]) => a.localeCompare(b))
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        <span className="muted">{entries.length || ''}</span>
      </header>
      {sorted.length === 0 ? (
        <p className="body muted">{empty}</p>
      ) : (
        <dl className="body facts">
          {sorted.map(([key, value]) => (
            <div key={key} className="fact">
              <dt>{key}</dt>
              <dd className="mono">{value || '–'}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}
