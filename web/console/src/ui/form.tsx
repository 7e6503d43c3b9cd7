import { type ComponentProps, type FormEvent, type RefObject, useEffect, useRef } from 'react'

interface FormProps extends Omit<ComponentProps<'form'>, 'onSubmit' | 'ref'> {
  readonly ref?: RefObject<HTMLFormElement | null> | undefined
  /** True if the request of the form runs. */
  readonly isPending?: boolean | undefined
  /** False while required input is missing. */
  readonly isReady?: boolean | undefined
  readonly onSubmit: (fields: FormData, form: HTMLFormElement) => void
}

/** A form that sends one request at a time. In a dialog it receives the focus. */
export function Form({ ref, isPending = false, isReady = true, onSubmit, ...form }: FormProps) {
  const own = useRef<HTMLFormElement>(null)
  const element = ref ?? own
  const isSent = useRef(false)
  useEffect(() => focusInDialog(element.current!), [element])
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
  return <form {...form} ref={element} onSubmit={submit} />
}

const CONTROL = ':is(input:not([type=hidden]), select, textarea, summary, button):not(:disabled)'

/** Focuses the first field, or the button that cancels a question, while the focus is on the Close button of the dialog. */
function focusInDialog(form: HTMLFormElement) {
  const header = form.closest('dialog')?.querySelector(':scope > header')
  if (header?.contains(document.activeElement)) form.querySelector<HTMLElement>(CONTROL)?.focus()
}
