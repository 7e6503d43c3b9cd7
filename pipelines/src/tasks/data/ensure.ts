import { invalid } from '@cairn/platform/errors'
import { CreateCatalog, GetCatalog } from '@cairn/platform/protocol/catalogs'
import type { Client } from '@cairn/platform/protocol/client'
import { Groups, ServicePrincipals } from '@cairn/platform/protocol/identities'
import { UpdatePermissions } from '@cairn/platform/protocol/permissions'
import { CreateSchema, GetSchema } from '@cairn/platform/protocol/schemas'
import { orAbsent, unlessTaken } from '../absent.js'

/** Makes catalog and schema unless they are there. */
export async function ensureSchema(client: Client, fullName: string, comment: string): Promise<void> {
  const [catalog_name, name, more] = fullName.split('.')
  if (!catalog_name || !name || more !== undefined)
    throw invalid(`schema: '${fullName}' is not the name of a schema: catalog.schema`)
  if (await orAbsent(client(GetSchema, { full_name: fullName }))) return
  if (!(await orAbsent(client(GetCatalog, { name: catalog_name }))))
    await unlessTaken(client(CreateCatalog, { name: catalog_name }))
  await unlessTaken(client(CreateSchema, { catalog_name, name, comment }))
}

/** @returns its id */
export async function ensureServicePrincipal(client: Client, applicationId: string): Promise<string> {
  const find = async () => {
    const { Resources } = await client(ServicePrincipals.List, {
      filter: `applicationId eq "${applicationId}"`,
    })
    return Resources[0]?.id
  }
  const known = await find()
  if (known) return known
  await unlessTaken(client(ServicePrincipals.Create, { applicationId, displayName: applicationId }))
  return (await find())!
}

/** A group with at least these members. */
export async function ensureGroup(
  client: Client,
  displayName: string,
  members: readonly string[],
): Promise<void> {
  const find = async () => {
    const { Resources } = await client(Groups.List, { filter: `displayName eq "${displayName}"` })
    return Resources[0]?.id
  }
  let id = await find()
  if (!id) {
    await unlessTaken(client(Groups.Create, { displayName }))
    id = (await find())!
  }
  const value = members.map((member) => ({ value: member }))
  await client(Groups.Patch, { id, Operations: [{ op: 'add', path: 'members', value }] })
}

/** Adds privileges; those that are there stay. */
export async function grant(
  client: Client,
  principal: string,
  securable_type: string,
  full_name: string,
  ...add: string[]
): Promise<void> {
  await client(UpdatePermissions, { securable_type, full_name, changes: [{ principal, add }] })
}
