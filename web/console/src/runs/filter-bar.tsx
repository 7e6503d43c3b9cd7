import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestError } from '../api/http.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import type { Column } from './columns.js'
import { checkFilter, isUnfinished, type Problem } from './filter-check.js'
import { type Place, placeOf } from './filter-error.js'
import { FilterHelp } from './filter-help.js'

interface FilterBarProps {
  readonly filter: string
  readonly error: RequestError | undefined
  readonly available: readonly Column[]
  readonly onSubmit: (filter: string) => void
}

/** MLflow's filter language, checked while typing; Enter asks the server, whose word is the last. */
export function FilterBar({ filter, error, available, onSubmit }: FilterBarProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(filter)
  const message = useId()
  const text = draft.trim()
  const problem = text ? checkFilter(draft) : undefined
  const complaint = error && draft === filter ? error : undefined
  const place = complaint ? (placeOf(draft, complaint) ?? problem) : problem
  const wrong = complaint !== undefined || (problem !== undefined && !isUnfinished(problem, draft))
  return (
    <search className="filter-bar">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit(text)
        }}
      >
        <div className={`filter-field ${wrong ? 'wrong' : ''}`}>
          <Icon name="search" />
          <FilterMirror text={draft} place={wrong ? place : undefined} />
          <input
            className="mono"
            aria-label={t('filter.label')}
            aria-invalid={wrong}
            aria-describedby={message}
            placeholder={t('filter.placeholder')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
          {filter && (
            <button type="button" className="button ghost small" onClick={() => onSubmit('')}>
              {t('filter.clear')}
            </button>
          )}
        </div>
        <button type="submit" className="button" disabled={text === filter}>
          {t('filter.apply')}
        </button>
      </form>
      <Popover
        align="end"
        className="button ghost icon-only"
        name={t('filter.help')}
        label={<Icon name="help" />}
      >
        {(close) => (
          <FilterHelp
            available={available}
            onTry={(example) => {
              close()
              setDraft(example)
              onSubmit(example)
            }}
          />
        )}
      </Popover>
      <p className="filter-message" id={message} aria-live="polite">
        {complaint ? (
          <>
            {complaint.message} {place && t('filter.position', { at: place.start + 1 })}
          </>
        ) : (
          wrong && problem && <ProblemText problem={problem} />
        )}
      </p>
    </search>
  )
}

function ProblemText({ problem }: { problem: Problem }) {
  const { t } = useTranslation()
  return (
    <>
      {t(`filter.${problem.reason}`, { text: problem.text })}{' '}
      {t('filter.position', { at: problem.start + 1 })}
    </>
  )
}

/** Lies under the field with the same letters, unseen, and underlines the place that is wrong. */
function FilterMirror({ text, place }: { text: string; place: Place | undefined }) {
  if (!place) return null
  const end = Math.max(place.end, place.start + 1)
  return (
    <span className="filter-mirror mono" aria-hidden="true">
      {text.slice(0, place.start)}
      <mark>{text.slice(place.start, end) || ' '}</mark>
    </span>
  )
}
