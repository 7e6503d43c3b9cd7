import type { ReactNode } from 'react'
import { ErrorMessage } from '../server-words/server-message.js'
import { Icon } from '../ui/icon.js'

type ProblemProps = { readonly error: unknown } | { readonly children: ReactNode }

/** An error of a form, which screen readers announce at once. */
export function Problem(props: ProblemProps) {
  return (
    <div className="notice bad" role="alert">
      <Icon name="warning" />
      <div>
        <p>{'error' in props ? <ErrorMessage error={props.error} /> : props.children}</p>
      </div>
    </div>
  )
}
