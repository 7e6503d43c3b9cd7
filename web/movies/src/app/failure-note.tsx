import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Failure } from '../api/failure.js'
import { useMessages } from '../i18n/use-messages.js'
import { Icon } from './icon.js'

interface Props {
  readonly failure: Failure
  readonly retryAt?: number | undefined
  readonly retry: () => void
  readonly isLoading: boolean
  /** Consequences for this part of the page. */
  readonly children?: ComponentChildren
}

export function FailureNote({ failure, retryAt, retry, isLoading, children }: Props) {
  const messages = useMessages().failure
  const { kind, detail } = failure
  if (kind === 'offline') return null // the page shows a banner
  return (
    <div class="note bad" role="alert">
      <Icon name="warning" />
      <div class="note-body">
        <strong>{messages[kind]}.</strong> {messages[`${kind}Hint`]} {children}
        {detail && (
          <p class="muted small">
            {messages.serverMessage} <q lang="en">{detail}</q>
          </p>
        )}
      </div>
      <button type="button" class="button" disabled={isLoading} onClick={retry}>
        {retryAt === undefined || isLoading ? messages.retry : <Countdown to={retryAt} />}
      </button>
    </div>
  )
}

/** Hidden from screen readers, which would announce every second. */
function Countdown({ to }: { to: number }) {
  const { failure } = useMessages()
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(1, Math.ceil((to - now) / 1000))
  return (
    <>
      <span aria-hidden="true">{failure.retryIn(seconds)}</span>
      <span class="visually-hidden">{failure.retry}</span>
    </>
  )
}
