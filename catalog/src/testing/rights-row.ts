import type { Securable } from '@cairn/platform/auth/decide'
import type { ErrorCode } from '@cairn/platform/errors'
import type { Operation } from '@cairn/platform/protocol/operation'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { Actor } from './catalog.js'

/** The securable that a privilege is granted on: metastore, catalog, schema, table, volume. */
export type Level = 'm' | 'c' | 's' | 't' | 'v'
export type HeldPrivilege = readonly [Privilege, Level]

export interface World {
  readonly catalog: string
  readonly table_id: string
  readonly volume_id: string
  readonly location: string
  /** An open request of another principal for SELECT on the table. */
  readonly request_id: string
  readonly securables: Readonly<Record<Level, Securable>>
}

export interface Row {
  readonly op: Operation
  readonly input: (world: World, actor: Actor) => object
  /** Each complete set suffices, and nothing less. */
  readonly sufficient: readonly (readonly HeldPrivilege[])[]
  /** For lists: whether the response contains the securables. Other operations succeed or fail. */
  readonly shows?: (answer: never, world: World) => boolean
  /** The error for principals without the privileges; default: PERMISSION_DENIED. */
  readonly refusal?: ErrorCode
}

const UC: HeldPrivilege = ['USE CATALOG', 'c']
const US: HeldPrivilege = ['USE SCHEMA', 's']
export const inSchema = (...held: HeldPrivilege[]): readonly HeldPrivilege[] => [...held, US, UC]
export const inCatalog = (...held: HeldPrivilege[]): readonly HeldPrivilege[] => [...held, UC]
export const NO_PRIVILEGES: Row['sufficient'] = [[]]
export const SEE_CATALOG: Row['sufficient'] = [[['USE CATALOG', 'c']], [['BROWSE', 'c']], [['MANAGE', 'c']]]
export const SEE_SCHEMA: Row['sufficient'] = [
  inCatalog(['USE SCHEMA', 's']),
  inCatalog(['BROWSE', 's']),
  inCatalog(['MANAGE', 's']),
  [['BROWSE', 'c']],
]
export const see = (level: 't' | 'v', ...privileges: Privilege[]): Row['sufficient'] => [
  ...[...privileges, 'BROWSE' as const, 'MANAGE' as const].map((one) => inSchema([one, level])),
  inCatalog(['BROWSE', 's']),
  [['BROWSE', 'c']],
]
export const SEE_TABLE = see('t', 'SELECT', 'MODIFY')
export const SEE_VOLUME = see('v', 'READ VOLUME', 'WRITE VOLUME')
export const IDENTITIES: Row['sufficient'] = [[['MANAGE IDENTITIES', 'm']]]
