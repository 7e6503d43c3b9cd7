import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ComponentProps, type KeyboardEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameOf, type ScimPrincipal, suggestPrincipals } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { useDebounced } from '../ui/use-debounced.js'
import { mentionAt, putMention } from './mention-at.js'

/** The server's limit. */
const MAX_LENGTH = 4000

interface CommentFieldProps extends Pick<ComponentProps<'textarea'>, 'autoFocus' | 'aria-label'> {
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A text in Markdown with suggestions of names after `@`. Ctrl+Enter submits the form. */
export function CommentField({ value, onChange, ...field }: CommentFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState<number>()
  const [at, setAt] = useState(0)
  const mention = caret === undefined ? undefined : mentionAt(value, caret)
  const names = usePrincipals(mention?.name)
  const [open, active] = [names.length > 0, Math.min(at, names.length - 1)]
  const accept = (name: string) => {
    const put = putMention(value, { from: mention!.from, caret: caret! }, name)
    onChange(put.text)
    setCaret(undefined)
    moveCaret(area.current, put.caret)
  }
  const onOpenKey = (key: string): boolean => {
    const step = { ArrowDown: 1, ArrowUp: names.length - 1 }[key]
    if (step) setAt((active + step) % names.length)
    else if (key === 'Enter' || key === 'Tab') accept(names[active]!)
    else if (key === 'Escape') setCaret(undefined)
    else return false
    return true
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
    else if (open && onOpenKey(event.key)) event.preventDefault()
  }
  return (
    <div className="comment-field">
      <textarea
        {...field}
        ref={area}
        className="input"
        rows={3}
        maxLength={MAX_LENGTH}
        placeholder={t('comments.placeholder')}
        aria-autocomplete="list"
        aria-controls={`${id}-names`}
        aria-activedescendant={open ? `${id}-${active}` : undefined}
        value={value}
        onChange={({ target }) => {
          onChange(target.value)
          setCaret(target.selectionStart)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setCaret(undefined)}
      />
      <div
        className="completions"
        id={`${id}-names`}
        role="listbox"
        aria-label={t('comments.people')}
        hidden={!open}
      >
        {names.map((name, index) => (
          <div
            key={name}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            onPointerDown={(event) => {
              event.preventDefault() // keeps the focus in the field
              accept(name)
            }}
          >
            {name}
          </div>
        ))}
      </div>
    </div>
  )
}

/** Moves it once the new text is in the field. */
const moveCaret = (area: HTMLTextAreaElement | null, to: number) =>
  requestAnimationFrame(() => area?.setSelectionRange(to, to))

/** Names of users and service principals that contain a text; none without one. A mention of a group reaches nobody. */
function usePrincipals(text: string | undefined): readonly string[] {
  const query = useDebounced(text ?? '')
  const found = useQuery({
    queryKey: queryKeys.principalSuggestions(query),
    queryFn: ({ signal }) => suggestPrincipals(query, signal),
    enabled: query !== '',
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (text === undefined || !found.data) return []
  // Names of an earlier text are kept until the next ones arrive; Enter must not take one that does not match.
  const people = found.data.filter(({ userName, applicationId }) => userName ?? applicationId)
  const names = people.filter((person) => hasName(person, text)).map(nameOf)
  return [...new Set(names)].filter((name) => !/\s/.test(name)).slice(0, 8)
}

const hasName = (principal: ScimPrincipal, text: string) =>
  [nameOf(principal), principal.displayName].some((name) => name?.toLowerCase().includes(text.toLowerCase()))
