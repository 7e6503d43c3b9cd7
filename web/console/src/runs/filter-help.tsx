import { useTranslation } from 'react-i18next'
import type { Column } from './columns.js'
import { filterExamples } from './filter-examples.js'

export function FilterHelp({
  available,
  onTry,
}: {
  available: readonly Column[]
  onTry: (text: string) => void
}) {
  const { t } = useTranslation()
  return (
    <div className="filter-help">
      <strong>{t('filter.examples')}</strong>
      <ul>
        {filterExamples(available).map((example) => (
          <li key={example}>
            <button type="button" className="mono" onClick={() => onTry(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
      <p className="muted">{t('filter.rules')}</p>
    </div>
  )
}
