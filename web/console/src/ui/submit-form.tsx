import type { ComponentProps, ReactNode } from 'react'
import { Form } from './form.js'
import { FormActions, type FormActionsProps } from './form-actions.js'
import { Failure } from './states.js'

export interface SubmitFormProps
  extends Omit<ComponentProps<typeof Form>, 'action' | 'isPending'>,
    Pick<FormActionsProps, 'action' | 'isDanger' | 'onCancel'> {
  /** The request that submitting sends, if any. */
  readonly request?: SentRequest | undefined
  /** Shown instead of the error of the request; null if a field shows it. */
  readonly failure?: ReactNode
  /** Further buttons beside the one that submits. */
  readonly buttons?: ReactNode
}

export interface SentRequest {
  readonly isPending: boolean
  readonly error: unknown
}

/** Fields, the error of the request that they are sent with, and a row of buttons. */
export function SubmitForm(props: SubmitFormProps) {
  const { request, action, isReady, isDanger, onCancel, failure, buttons, children, ...form } = props
  const { isPending = false, error } = request ?? {}
  return (
    <Form className="stack" {...{ isPending, isReady }} {...form}>
      {children}
      {failure === undefined && error ? <Failure error={error} /> : failure}
      <FormActions {...{ action, isPending, isReady, isDanger, onCancel }}>{buttons}</FormActions>
    </Form>
  )
}
