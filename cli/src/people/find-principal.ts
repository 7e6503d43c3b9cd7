import { missing } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import type { ScimResource } from '@cairn/platform/protocol/databricks/identities'
import { type Kind, NAME, RESOURCES } from './principal-kinds.js'

/** The principal of a kind with a name or id. @throws RESOURCE_DOES_NOT_EXIST */
export async function getPrincipal(call: Client, kind: Kind, name: string): Promise<ScimResource> {
  const found = await findPrincipal(call, kind, name)
  if (!found) throw missing(`The ${kind} '${name}' does not exist.`)
  return found
}

/** The principal of any kind with a name or id. @throws RESOURCE_DOES_NOT_EXIST */
export async function getMember(call: Client, name: string): Promise<ScimResource> {
  for (const kind of ['user', 'service principal', 'group'] as const) {
    const found = await findPrincipal(call, kind, name)
    if (found) return found
  }
  throw missing(`No user, service principal or group is named '${name}'.`)
}

async function findPrincipal(call: Client, kind: Kind, name: string): Promise<ScimResource | undefined> {
  const quoted = JSON.stringify(name)
  const filter = `${NAME[kind]} eq ${quoted} or id eq ${quoted}`
  const { Resources } = await call(RESOURCES[kind].List, { filter })
  return Resources[0]
}
