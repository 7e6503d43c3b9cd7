import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ComponentProps, useId, useState } from 'react'
import { findGrantees } from '../api/permissions.js'
import { queryKeys } from '../api/query-keys.js'
import { useDebounced } from '../ui/use-debounced.js'

/** The server answers no shorter ones. */
const MIN_QUERY = 3

interface GranteeInputProps extends ComponentProps<'input'> {
  readonly securable: { readonly type: string; readonly name: string }
}

/** The name of a principal, with suggestions of the server. */
export function GranteeInput({ securable, ...input }: GranteeInputProps) {
  const suggestions = useId()
  const [text, setText] = useState('')
  const query = useDebounced(text.trim())
  const found = useQuery({
    queryKey: queryKeys.grantees(securable.type, securable.name, query),
    queryFn: ({ signal }) => findGrantees(securable, query, signal),
    enabled: query.length >= MIN_QUERY,
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
        onChange={(event) => setText(event.target.value)}
      />
      <datalist id={suggestions}>
        {found.data?.map(({ name, display_name }) => (
          <option key={name} value={name} label={display_name} />
        ))}
      </datalist>
    </>
  )
}
