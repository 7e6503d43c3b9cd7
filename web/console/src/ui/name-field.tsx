import type { ComponentProps, ReactNode } from 'react'
import { FormField } from './form-field.js'

interface NameFieldProps extends ComponentProps<'input'> {
  readonly label: string
  readonly hint?: string
  readonly problem?: ReactNode
}

/** A required name. */
export function NameField({ label, hint, problem, ...input }: NameFieldProps) {
  return (
    <FormField label={label} hint={hint} problem={problem}>
      {(attributes) => (
        <input
          {...attributes}
          className="input"
          name="name"
          required
          pattern=".*\S.*"
          autoComplete="off"
          spellCheck={false}
          {...input}
        />
      )}
    </FormField>
  )
}
