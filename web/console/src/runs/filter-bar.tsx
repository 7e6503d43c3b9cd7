import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestError } from '../api/http.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { CompletionInput } from '../ui/completion-input.js'
import { Form } from '../ui/form.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { SubmitButton } from '../ui/submit-button.js'
import { useCompletion } from '../ui/use-completion.js'
import type { Column } from './columns.js'
import { FilterBuilder } from './filter-builder.js'
import { checkFilter, isUnfinished, type Problem } from './filter-check.js'
import { completeFilter, fieldAtEnd } from './filter-completion.js'
import { errorRange, type TextRange } from './filter-error.js'
import { filterPlaceholder } from './filter-examples.js'
import { FilterHelp } from './filter-help.js'
import { isWords, MAX_PARAMS, searchesAll, wordsFilter } from './search-words.js'
import { useFieldValues } from './use-field-values.js'
import { useFilterCount } from './use-filter-count.js'

interface FilterBarProps {
  readonly experimentId: string
  readonly deleted: boolean
  readonly filter: string
  readonly error: RequestError | undefined
  readonly available: readonly Column[]
  readonly onSubmit: (filter: string) => void
}

/** A filter in MLflow's language, or words. Checked while typing; Enter runs it on the server, whose verdict counts. */
export function FilterBar({ experimentId, deleted, filter, error, available, onSubmit }: FilterBarProps) {
  const { t } = useTranslation()
  const message = useId()
  const { draft, setDraft, text, words, problem, serverError, range, invalid } = useDraft(filter, error)
  const isNew = text !== '' && text !== filter && problem === undefined
  const count = useFilterCount(experimentId, isNew ? text : undefined, deleted)
  const box = useFilterCompletion({ experimentId, available, draft, setDraft })
  return (
    <search className="filter-bar">
      <Form
        onSubmit={() => {
          box.close()
          onSubmit(words ? wordsFilter(text, available) : text)
        }}
      >
        <div className={`filter-field ${invalid ? 'invalid' : ''}`}>
          <Icon name="search" />
          <FilterMirror text={draft} range={invalid ? range : undefined} />
          <CompletionInput
            aria-label={t('filter.label')}
            aria-invalid={invalid}
            aria-describedby={message}
            placeholder={filterPlaceholder(available)}
            value={draft}
            onChange={setDraft}
            completion={box}
          />
          {filter && (
            <button type="button" className="button ghost small" onClick={() => onSubmit('')}>
              {t('filter.clear')}
            </button>
          )}
        </div>
        <SubmitButton isReady={text !== filter}>{t('filter.apply')}</SubmitButton>
      </Form>
      <FilterMenus {...{ experimentId, deleted, filter, available, onSubmit }} onTry={setDraft} />
      <p className="filter-message" id={message} aria-live="polite">
        {words ? (
          <span className="muted">
            {searchesAll(available)
              ? t('filter.words', { text })
              : t('filter.wordsOfSome', { text, max: MAX_PARAMS })}
          </span>
        ) : (
          <Message {...{ serverError, range, problem: invalid ? problem : undefined }} />
        )}
        {count !== undefined && <span className="muted">{t('filterBuilder.matching', { count })}</span>}
      </p>
    </search>
  )
}

/** The typed filter, and its first error by the browser or the server. */
function useDraft(filter: string, error: RequestError | undefined) {
  const [draft, setDraft] = useState(filter)
  const [shown, setShown] = useState(filter)
  if (shown !== filter) {
    setShown(filter)
    setDraft(filter)
  }
  const text = draft.trim()
  const problem = text ? checkFilter(draft) : undefined
  const serverError = error && draft === filter ? error : undefined
  const range = serverError ? (errorRange(draft, serverError) ?? problem) : problem
  const words = serverError === undefined && problem !== undefined && isWords(text)
  const invalid =
    !words && (serverError !== undefined || (problem !== undefined && !isUnfinished(problem, draft)))
  return { draft, setDraft, text, words, problem, serverError, range, invalid }
}

interface FilterCompletionOptions extends Pick<FilterBarProps, 'experimentId' | 'available'> {
  readonly draft: string
  readonly setDraft: (draft: string) => void
}

/** Suggestions at the caret, also with values that runs of the experiment have. */
function useFilterCompletion({ experimentId, available, draft, setDraft }: FilterCompletionOptions) {
  const [caret, setCaret] = useState<number>()
  const before = caret === undefined ? undefined : draft.slice(0, caret)
  const values = useFieldValues(experimentId, before === undefined ? undefined : fieldAtEnd(before))
  const completion = before === undefined ? undefined : completeFilter(before, available, values)
  return useCompletion({ text: draft, setText: setDraft, caret, setCaret, completion })
}

interface MessageProps {
  readonly serverError: RequestError | undefined
  readonly range: TextRange | undefined
  readonly problem: Problem | undefined
}

function Message({ serverError, range, problem }: MessageProps) {
  const { t } = useTranslation()
  if (!serverError) return problem && <ProblemText problem={problem} />
  return (
    <>
      <ErrorMessage error={serverError} /> {range && t('filter.position', { at: range.start + 1 })}
    </>
  )
}

interface FilterMenusProps extends Omit<FilterBarProps, 'error'> {
  readonly onTry: (draft: string) => void
}

/** The builder, and help with examples. */
function FilterMenus({ experimentId, deleted, filter, available, onSubmit, onTry }: FilterMenusProps) {
  const { t } = useTranslation()
  return (
    <>
      <Popover
        align="end"
        className="button ghost icon-only"
        name={t('filterBuilder.title')}
        label={<Icon name="filter" />}
      >
        {(close) => (
          <FilterBuilder
            {...{ experimentId, filter, deleted, available }}
            onSubmit={(built) => {
              close()
              onSubmit(built)
            }}
          />
        )}
      </Popover>
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
              onTry(example)
              onSubmit(example)
            }}
          />
        )}
      </Popover>
    </>
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
