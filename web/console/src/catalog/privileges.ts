import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { SecurableType } from '../api/catalog.js'

const IN_SCHEMA: readonly Privilege[] = ['CREATE TABLE', 'CREATE VOLUME']
const DATA: readonly Privilege[] = ['SELECT', 'MODIFY']
const FILES: readonly Privilege[] = ['READ VOLUME', 'WRITE VOLUME']
const ALL: readonly Privilege[] = ['BROWSE', 'MANAGE', 'ALL PRIVILEGES']

/** Privileges to choose from on each type of securable, the most common first. */
export const PRIVILEGES_ON: Record<SecurableType, readonly Privilege[]> = {
  catalog: ['USE CATALOG', 'USE SCHEMA', ...DATA, 'CREATE SCHEMA', ...IN_SCHEMA, ...FILES, ...ALL],
  schema: ['USE SCHEMA', ...DATA, ...IN_SCHEMA, ...FILES, ...ALL],
  table: [...DATA, ...ALL],
  volume: [...FILES, ...ALL],
}
