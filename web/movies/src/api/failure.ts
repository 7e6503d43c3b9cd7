import { CairnError } from '@cairn/sdk/cairn-error'

export type FailureKind =
  | 'offline'
  | 'unreachable'
  | 'timeout'
  | 'notReady'
  | 'busy'
  | 'missing'
  | 'signIn'
  | 'refused'
  | 'broken'

export interface Failure {
  readonly kind: FailureKind
  /** The server's message; empty if there was no response. */
  readonly detail: string
}

const KINDS: Readonly<Record<number, FailureKind>> = {
  401: 'signIn',
  403: 'refused',
  404: 'missing',
  408: 'timeout',
  429: 'busy',
  502: 'unreachable',
  503: 'notReady',
  504: 'timeout',
}

/** Classifies an error by what the user can do about it. */
export function failureOf(error: unknown, isOnline: boolean): Failure {
  if (!(error instanceof CairnError))
    return { kind: 'broken', detail: String((error as Error)?.message ?? error) }
  if (error.status === 0) {
    if (!isOnline) return { kind: 'offline', detail: '' }
    return { kind: error.code === 'DEADLINE_EXCEEDED' ? 'timeout' : 'unreachable', detail: '' }
  }
  return { kind: KINDS[error.status] ?? 'broken', detail: error.message }
}

const TRANSIENT: readonly FailureKind[] = ['offline', 'unreachable', 'timeout', 'notReady', 'busy']

/** Seconds until an automatic retry; undefined if a retry would not help. */
export function retryInSeconds({ kind }: Failure, attempt: number): number | undefined {
  return TRANSIENT.includes(kind) ? Math.min(2 + 2 * attempt, 20) : undefined
}
