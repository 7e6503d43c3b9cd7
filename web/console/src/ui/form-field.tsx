import { type ReactNode, useId } from 'react'

interface FieldAttributes {
  readonly id: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string | undefined
}

interface FormFieldProps {
  readonly label: string
  readonly hint?: string | undefined
  readonly problem?: ReactNode
  /** Renders the control, which must have the attributes. */
  readonly children: (attributes: FieldAttributes) => ReactNode
}

/** A labelled control. A problem replaces its hint. */
export function FormField({ label, hint, problem, children }: FormFieldProps) {
  const id = useId()
  const note = problem ?? hint
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-invalid': problem !== undefined,
        'aria-describedby': note ? `${id}-note` : undefined,
      })}
      {note && (
        <small id={`${id}-note`} className={problem ? 'problem' : 'muted'}>
          {note}
        </small>
      )}
    </div>
  )
}
