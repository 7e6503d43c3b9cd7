import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ComponentProps, type KeyboardEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { suggestPrincipals } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { useDebounced } from '../ui/use-debounced.js'
import { mentionAt } from './mention-at.js'

/** The server's limit. */
const MAX_LENGTH = 4000

interface CommentFieldProps extends Pick<ComponentProps<'textarea'>, 'autoFocus' | 'aria-label'> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onSubmit: () => void
}

/** A text in Markdown with suggestions of names after `@`. Ctrl+Enter submits. */
export function CommentField({ value, onChange, onSubmit, ...field }: CommentFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState<number>()
  const [at, setAt] = useState(0)
  const mention = caret === undefined ? undefined : mentionAt(value, caret)
  const names = usePrincipals(mention?.name)
  const open = names.length > 0
  const accept = (name: string) => {
    const before = `${value.slice(0, mention!.from)}@${name} `
    onChange(before + value.slice(caret).trimStart())
    setCaret(undefined)
    requestAnimationFrame(() => area.current?.setSelectionRange(before.length, before.length))
  }
  const onOpenKey = (key: string): boolean => {
    const step = { ArrowDown: 1, ArrowUp: names.length - 1 }[key]
    if (step) setAt((now) => (now + step) % names.length)
    else if (key === 'Enter' || key === 'Tab') accept(names[at] ?? names[0]!)
    else if (key === 'Escape') setCaret(undefined)
    else return false
    return true
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSubmit()
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
        aria-activedescendant={open ? `${id}-${at}` : undefined}
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
            aria-selected={index === at}
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
  const names = found.data.flatMap(({ userName, applicationId }) => userName ?? applicationId ?? [])
  return [...new Set(names)].filter((name) => !/\s/.test(name)).slice(0, 8)
}
