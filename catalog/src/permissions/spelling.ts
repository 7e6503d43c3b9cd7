import { invalid } from '@cairn/platform/errors'
import { type Privilege, privilegeFrom } from '@cairn/platform/protocol/privileges'

/** How a client spells a privilege, or nothing for one that it cannot take. */
export type Spelling = (privilege: Privilege) => string | undefined

/**
 * Every client has a closed list of privileges: databricks-sdk knows USE_CATALOG and drops what it does not know,
 * unitycatalog-client knows USE CATALOG and throws the whole answer away for one unknown word.
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
