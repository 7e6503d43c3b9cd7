import { invalid } from '@cairn/platform/errors'
import { type Privilege, privilegeFrom } from '@cairn/platform/protocol/privileges'

/** Spells a privilege for a client; undefined if the client does not accept it. */
export type Spelling = (privilege: Privilege) => string | undefined

/**
 * Every client has a fixed list of privileges: databricks-sdk knows USE_CATALOG and drops unknown ones,
 * unitycatalog-client knows USE CATALOG and rejects the whole response for one unknown privilege.
 */
export function spellingFor(userAgent: string | undefined): Spelling {
  if (/databricks/i.test(userAgent ?? '')) return (privilege) => privilege.replaceAll(' ', '_')
  if (/^OpenAPI-Generator/i.test(userAgent ?? ''))
    return (privilege) => (UNITY_CATALOG.has(privilege) ? privilege : undefined)
  return (privilege) => privilege
}

const UNITY_CATALOG: ReadonlySet<Privilege> = new Set([
  'CREATE CATALOG',
  'USE CATALOG',
  'CREATE SCHEMA',
  'USE SCHEMA',
  'CREATE TABLE',
  'SELECT',
  'MODIFY',
  'CREATE FUNCTION',
  'EXECUTE',
  'CREATE VOLUME',
  'READ VOLUME',
  'CREATE MODEL',
])

/** @throws INVALID_PARAMETER_VALUE naming the privilege */
export function readPrivilege(spelling: string): Privilege {
  const privilege = privilegeFrom(spelling)
  if (!privilege) throw invalid(`Unknown privilege '${spelling.slice(0, 100)}'.`)
  return privilege
}
