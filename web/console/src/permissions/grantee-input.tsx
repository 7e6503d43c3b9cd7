import type { ComponentProps } from 'react'
import { findGrantees } from '../api/permissions.js'
import { queryKeys } from '../api/query-keys.js'
import { SuggestionInput } from '../ui/suggestion-input.js'

interface GranteeInputProps extends ComponentProps<'input'> {
  readonly securable: { readonly type: string; readonly name: string }
}

/** The name of a principal that may be granted rights on a securable. */
export const GranteeInput = ({ securable, ...input }: GranteeInputProps) => (
  <SuggestionInput
    {...input}
    source={{
      minLength: 3,
      queryKey: (text) => queryKeys.grantees(securable.type, securable.name, text),
      find: async (text, signal) =>
        (await findGrantees(securable, text, signal)).map(({ name, display_name }) => ({
          value: name,
          label: display_name,
        })),
    }}
  />
)
