import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { accessTargetsOf, type PageObject } from '../access/access-targets.js'
import { RequestAccessButton } from '../access/request-access-button.js'
import { useHiddenNote } from '../access/use-hidden-note.js'
import { useMayBeHidden } from '../access/use-may-be-hidden.js'
import { RequestError } from '../api/http.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { CodeBlock } from './copy.js'
import { Icon } from './icon.js'

interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
  readonly code?: string
  /** True if the list leaves out objects that the caller may not read. */
  readonly isPermitted?: boolean
}

/** An empty state: a title, the next step, and code to copy. */
export function Empty({ title, children, code, isPermitted = false }: EmptyProps) {
  const note = useHiddenNote()
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {code && <CodeBlock code={code} />}
      {isPermitted && note && <p>{note}</p>}
    </div>
  )
}

interface FailureProps {
  readonly error: unknown
  readonly retry?: (() => void) | undefined
  /** The object of the page, to which access can be requested if it may exist. */
  readonly about?: PageObject
}

/** An error with the server's message, a retry button, and a request for access after a refusal. */
export function Failure({ error, retry, about }: FailureProps) {
  const { t } = useTranslation()
  const isNotFound = error instanceof RequestError && error.status === 404
  const mayBeHidden = useMayBeHidden(isNotFound && about !== undefined)
  const targets = accessTargetsOf(error, about, mayBeHidden)
  const advice = useAdvice(error, mayBeHidden)
  return (
    <div className="notice bad" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{advice.title}</strong>
        <p>{advice.message}</p>
      </div>
      {targets.length > 0 && <RequestAccessButton targets={targets} />}
      {retry && (
        <button type="button" className="button small" onClick={retry}>
          {t('common.retry')}
        </button>
      )}
    </div>
  )
}

function useAdvice(error: unknown, mayBeHidden: boolean): { title: string; message: ReactNode } {
  const { t } = useTranslation()
  if (isLoadError(error)) return { title: t('failure.notLoaded'), message: t('failure.notLoadedAdvice') }
  if (!(error instanceof RequestError)) return { title: t('failure.unexpected'), message: String(error) }
  const message = <ErrorMessage error={error} />
  if (error.status === 0) return { title: t('failure.unreachable'), message: t('failure.unreachableAdvice') }
  if (error.status === 401) return { title: t('failure.signIn'), message: t('failure.signInAdvice') }
  if (error.status === 403) return { title: t('failure.forbidden'), message }
  if (error.status === 404)
    return { title: t(mayBeHidden ? 'failure.missingOrHidden' : 'failure.missing'), message }
  if (error.status >= 500) return { title: t('failure.server'), message }
  return { title: t('failure.badRequest'), message }
}

/** Returns whether code or styles of a page could not be loaded; browsers and Vite have their own messages. */
export const isLoadError = (error: unknown) =>
  error instanceof Error &&
  /dynamically imported module|importing a module script|unable to preload css/i.test(error.message)

const WIDTHS = ['72%', '54%', '63%', '48%', '68%', '58%']

/** Placeholder lines while data loads; screen readers announce them once. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const { t } = useTranslation()
  return (
    <div className="skeletons" role="status">
      <span className="visually-hidden">{t('common.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <span key={line} className="skeleton" style={{ width: WIDTHS[line % WIDTHS.length] }} />
      ))}
    </div>
  )
}
