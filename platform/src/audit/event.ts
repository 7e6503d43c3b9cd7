import type { NotedDecision } from '../auth/authorizer.js'
import type { Naming } from '../auth/naming.js'
import type { Caller } from '../auth/principal.js'
import type { AuditOutcome } from '../auth/schema.js'
import type { AuditChange } from '../protocol/cairn/audit.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'

/** A name in a request whose objects are not looked up yet. */
export interface NamedObject {
  readonly type: SecurableType
  readonly naming: Naming
  readonly name: string
  readonly privileges: readonly Privilege[]
}

/** The object of an operation, used if no decision names one. */
export interface Subject {
  readonly type: string
  readonly id?: string
  readonly name?: string
}

/** Facts about a request, collected until it is answered. */
export interface Trail {
  readonly decisions: NotedDecision[]
  readonly named: NamedObject[]
  readonly changes: AuditChange[]
  /** The principal that signs in, on routes that authenticate nobody. */
  actor?: Caller
  subject?: Subject
  output?: unknown
}

/** A request that was answered, before its row is written. */
export interface PendingEvent {
  readonly time: number
  readonly requestId: string
  readonly service: string
  readonly action: string
  readonly caller: Caller | undefined
  readonly authentication: string
  readonly address: string
  readonly userAgent: string
  readonly params: Readonly<Record<string, string | readonly string[]>>
  readonly status: number
  readonly error?: { readonly code: string; readonly message?: string }
  readonly outcome: AuditOutcome
  readonly decisions: readonly NotedDecision[]
  readonly named: readonly NamedObject[]
  readonly changes: readonly AuditChange[]
  readonly subject?: Subject
}
