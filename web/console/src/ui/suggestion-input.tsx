import { keepPreviousData, type QueryKey, useQuery } from '@tanstack/react-query'
import { type ComponentProps, useId, useState } from 'react'
import { useDebounced } from './use-debounced.js'

export interface Suggestion {
  readonly value: string
  readonly label?: string | undefined
}

/** A search for suggestions. */
export interface SuggestionSource {
  /** The number of characters from which on the server answers. */
  readonly minLength: number
  readonly queryKey: (text: string) => QueryKey
  readonly find: (text: string, signal: AbortSignal) => Promise<readonly Suggestion[]>
}

interface SuggestionInputProps extends ComponentProps<'input'> {
  readonly source: SuggestionSource
}

/** A field for a required name, with suggestions of the server for the text so far. */
export function SuggestionInput({ source, onChange, ...input }: SuggestionInputProps) {
  const suggestions = useId()
  const [typed, setTyped] = useState('')
  const query = useDebounced(String(input.value ?? typed).trim())
  const found = useQuery({
    queryKey: source.queryKey(query),
    queryFn: ({ signal }) => source.find(query, signal),
    enabled: query.length >= source.minLength,
    placeholderData: keepPreviousData,
    retry: false,
  })
  return (
    <>
      <input
        {...input}
        className="input"
        required
        list={suggestions}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.target.value)
          onChange?.(event)
        }}
      />
      <datalist id={suggestions}>
        {found.data?.map(({ value, label }) => (
          <option key={value} value={value} label={label} />
        ))}
      </datalist>
    </>
  )
}
