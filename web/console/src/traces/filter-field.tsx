import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestError } from '../api/http.js'
import { errorRange } from '../runs/filter-error.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'
import { completeFilter, type Vocabulary } from './filter-completion.js'

interface FilterFieldProps {
  readonly filter: string
  readonly error: RequestError | undefined
  readonly words: Vocabulary
  readonly onSubmit: (filter: string) => void
}

/** A filter in MLflow's language with completion, by the combobox pattern of ARIA. Enter runs it on the server. */
export function FilterField({ filter, error, words, onSubmit }: FilterFieldProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(filter)
  const box = useCompletion(draft, setDraft, words)
  const id = useId()
  const invalid = error !== undefined && draft === filter
  const range = invalid ? errorRange(draft, error) : undefined
  return (
    <search className="query-bar">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          box.close()
          onSubmit(draft.trim())
        }}
      >
        <div className={`query-field ${invalid ? 'invalid' : ''}`}>
          <Icon name="search" />
          <input
            ref={box.input}
            className="mono"
            role="combobox"
            aria-label={t('traceFilter.label')}
            aria-autocomplete="list"
            aria-expanded={box.open}
            aria-controls={`${id}-list`}
            aria-activedescendant={box.open && box.at >= 0 ? `${id}-${box.at}` : undefined}
            aria-invalid={invalid}
            aria-describedby={`${id}-message`}
            placeholder={t('traceFilter.placeholder')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={draft}
            onChange={(event) => {
              setDraft(event.target.value)
              box.show(event.target.selectionStart ?? event.target.value.length)
            }}
            onKeyDown={box.onKeyDown}
            onBlur={box.close}
          />
          {filter && (
            <button type="button" className="button ghost small" onClick={() => onSubmit('')}>
              {t('filter.clear')}
            </button>
          )}
          <div
            className="completions"
            id={`${id}-list`}
            role="listbox"
            aria-label={t('traceFilter.suggestions')}
            hidden={!box.open}
          >
            {box.suggestions.map((suggestion, index) => (
              <div
                key={suggestion}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === box.at}
                tabIndex={-1}
                className="mono"
                ref={
                  index === box.at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined
                }
                onPointerDown={(event) => {
                  event.preventDefault() // keeps the focus in the field
                  box.accept(suggestion)
                }}
              >
                {suggestion}
              </div>
            ))}
          </div>
        </div>
        <button type="submit" className="button" disabled={draft.trim() === filter}>
          {t('filter.apply')}
        </button>
      </form>
      <p className="query-message" id={`${id}-message`} aria-live="polite">
        {invalid && (
          <>
            <ErrorMessage error={error} /> {range && t('filter.position', { at: range.start + 1 })}
          </>
        )}
      </p>
    </search>
  )
}

/** The state of the list: opened by typing or by the down arrow, closed by Escape, acceptance and blur. */
function useCompletion(draft: string, setDraft: (draft: string) => void, words: Vocabulary) {
  const input = useRef<HTMLInputElement>(null)
  const [caret, setCaret] = useState<number>()
  const [at, setAt] = useState(-1)
  const { from, suggestions } = caret === undefined ? NONE : completeFilter(draft, caret, words)
  const open = suggestions.length > 0
  const close = () => setCaret(undefined)
  const show = (position: number) => {
    setCaret(position)
    setAt(-1)
  }
  const accept = (suggestion: string) => {
    const space = suggestion.endsWith('.') ? '' : ' '
    const rest = draft.slice(caret).replace(/^ /, '')
    const before = draft.slice(0, from) + suggestion + space
    setDraft(before + rest)
    show(before.length)
    requestAnimationFrame(() => input.current?.setSelectionRange(before.length, before.length))
  }
  const move = (step: number) => setAt((now) => (now + step + suggestions.length) % suggestions.length)
  const onOpenKey = (key: string): boolean => {
    if (key === 'ArrowDown') move(1)
    else if (key === 'ArrowUp') move(at < 0 ? 0 : -1)
    else if (key === 'Escape') close()
    else if (at >= 0 && (key === 'Enter' || key === 'Tab')) accept(suggestions[at]!)
    else return false
    return true
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    if (open) {
      if (onOpenKey(event.key)) event.preventDefault()
    } else if (event.key === 'ArrowDown') {
      show(event.currentTarget.selectionStart ?? draft.length)
      event.preventDefault()
    }
  }
  return { input, suggestions, open, at, show, close, accept, onKeyDown }
}

const NONE = { from: 0, suggestions: [] as readonly string[] }
