import { type ComponentProps, type FormEvent, useRef } from 'react'

interface FormProps extends Omit<ComponentProps<'form'>, 'onSubmit'> {
  /** Whether the request of the form runs. */
  readonly isPending?: boolean | undefined
  /** False while required input is missing. */
  readonly isReady?: boolean | undefined
  readonly onSubmit: (fields: FormData, form: HTMLFormElement) => void
}

/** A form that sends one request at a time. */
export function Form({ isPending = false, isReady = true, onSubmit, ...form }: FormProps) {
  const isSent = useRef(false)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isPending || !isReady || isSent.current) return
    isSent.current = true
    onSubmit(new FormData(event.currentTarget), event.currentTarget)
    // A mutation is rendered as pending only after this event.
    setTimeout(() => {
      isSent.current = false
    })
  }
  return <form {...form} onSubmit={submit} />
}
