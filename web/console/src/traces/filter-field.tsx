import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestError } from '../api/http.js'
import { errorRange } from '../runs/filter-error.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { CompletionInput } from '../ui/completion-input.js'
import { Form } from '../ui/form.js'
import { Icon } from '../ui/icon.js'
import { SubmitButton } from '../ui/submit-button.js'
import { useCompletion } from '../ui/use-completion.js'
import { completeFilter, type Vocabulary } from './filter-completion.js'

interface FilterFieldProps {
  readonly filter: string
  readonly error: RequestError | undefined
  readonly words: Vocabulary
  readonly onSubmit: (filter: string) => void
}

/** A filter in MLflow's language with completion. Enter runs it on the server. */
export function FilterField({ filter, error, words, onSubmit }: FilterFieldProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(filter)
  const [caret, setCaret] = useState<number>()
  const completion = caret === undefined ? undefined : completeFilter(draft, caret, words)
  const box = useCompletion({ text: draft, setText: setDraft, caret, setCaret, completion })
  const message = useId()
  const invalid = error !== undefined && draft === filter
  const range = invalid ? errorRange(draft, error) : undefined
  return (
    <search className="query-bar">
      <Form
        onSubmit={() => {
          box.close()
          onSubmit(draft.trim())
        }}
      >
        <div className={`query-field ${invalid ? 'invalid' : ''}`}>
          <Icon name="search" />
          <CompletionInput
            aria-label={t('traceFilter.label')}
            aria-invalid={invalid}
            aria-describedby={message}
            placeholder={t('traceFilter.placeholder')}
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
        <SubmitButton isReady={draft.trim() !== filter}>{t('filter.apply')}</SubmitButton>
      </Form>
      <p className="query-message" id={message} aria-live="polite">
        {invalid && (
          <>
            <ErrorMessage error={error} /> {range && t('filter.position', { at: range.start + 1 })}
          </>
        )}
      </p>
    </search>
  )
}
