import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestError } from '../api/http.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import type { Column } from './columns.js'
import { checkFilter, isUnfinished, type Problem } from './filter-check.js'
import { errorRange, type TextRange } from './filter-error.js'
import { FilterHelp } from './filter-help.js'

interface FilterBarProps {
  readonly filter: string
  readonly error: RequestError | undefined
  readonly available: readonly Column[]
  readonly onSubmit: (filter: string) => void
}

/** A filter in MLflow's language. Checked while typing; Enter runs it on the server, which has the last word. */
export function FilterBar({ filter, error, available, onSubmit }: FilterBarProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(filter)
  const message = useId()
  const text = draft.trim()
  const problem = text ? checkFilter(draft) : undefined
  const serverError = error && draft === filter ? error : undefined
  const range = serverError ? (errorRange(draft, serverError) ?? problem) : problem
  const invalid = serverError !== undefined || (problem !== undefined && !isUnfinished(problem, draft))
  return (
    <search className="filter-bar">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit(text)
        }}
      >
        <div className={`filter-field ${invalid ? 'invalid' : ''}`}>
          <Icon name="search" />
          <FilterMirror text={draft} range={invalid ? range : undefined} />
          <input
            className="mono"
            aria-label={t('filter.label')}
            aria-invalid={invalid}
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
        {serverError ? (
          <>
            {serverError.message} {range && t('filter.position', { at: range.start + 1 })}
          </>
        ) : (
          invalid && problem && <ProblemText problem={problem} />
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

/** Underlines the invalid range: a transparent copy of the text behind the input. */
function FilterMirror({ text, range }: { text: string; range: TextRange | undefined }) {
  if (!range) return null
  const end = Math.max(range.end, range.start + 1)
  return (
    <span className="filter-mirror mono" aria-hidden="true">
      {text.slice(0, range.start)}
      <mark>{text.slice(range.start, end) || ' '}</mark>
    </span>
  )
}
