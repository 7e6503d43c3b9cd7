import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { SearchField } from '../ui/search-field.js'
import { MAX_MATCHES } from './log-text.js'

interface LogSearchProps {
  readonly search: string
  readonly matches: number
  /** Index of the match that is shown; −1 without matches. */
  readonly current: number
  readonly onSearch: (text: string) => void
  readonly onMove: (index: number) => void
}

/** Enter goes to the next match, Shift+Enter to the one before. */
export function LogSearch({ search, matches, current, onSearch, onMove }: LogSearchProps) {
  const { t } = useTranslation()
  const move = (by: number) => matches > 0 && onMove((current + by + matches) % matches)
  return (
    <search
      className="log-search"
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        event.preventDefault()
        move(event.shiftKey ? -1 : 1)
      }}
    >
      <SearchField label={t('jobs.searchLog')} value={search} onChange={onSearch} />
      {search !== '' && (
        <>
          <span className="muted" role="status">
            {t('jobs.matches', {
              current: current + 1,
              total: matches === MAX_MATCHES ? `${matches}+` : matches,
            })}
          </span>
          {([-1, 1] as const).map((by) => (
            <button
              key={by}
              type="button"
              className="button ghost icon-only"
              disabled={matches === 0}
              aria-label={t(by < 0 ? 'jobs.previousMatch' : 'jobs.nextMatch')}
              onClick={() => move(by)}
            >
              <Icon name={by < 0 ? 'up' : 'down'} />
            </button>
          ))}
        </>
      )}
    </search>
  )
}
