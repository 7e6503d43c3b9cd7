import { invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { Groups, ServicePrincipals } from '@cairn/platform/protocol/databricks/identities'
import { CreateCatalog, GetCatalog } from '@cairn/platform/protocol/unity/catalogs'
import { UpdatePermissions } from '@cairn/platform/protocol/unity/permissions'
import { CreateSchema, GetSchema } from '@cairn/platform/protocol/unity/schemas'
import { ignoreExisting, undefinedIfMissing } from '../existence.js'

/** Creates the catalog and the schema if they do not exist. */
export async function ensureSchema(client: Client, fullName: string, comment?: string): Promise<void> {
  const [catalog_name, name, more] = fullName.split('.')
  if (!catalog_name || !name || more !== undefined)
    throw invalid(`schema: '${fullName}' is not a schema name; use catalog.schema.`)
  if (await undefinedIfMissing(client(GetSchema, { full_name: fullName }))) return
  if (!(await undefinedIfMissing(client(GetCatalog, { name: catalog_name }))))
    await ignoreExisting(client(CreateCatalog, { name: catalog_name }))
  await ignoreExisting(client(CreateSchema, { catalog_name, name, ...(comment && { comment }) }))
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
  await ignoreExisting(client(ServicePrincipals.Create, { applicationId, displayName: applicationId }))
  return (await find())!
}

/** Creates the group if it does not exist, and adds the members. */
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
    await ignoreExisting(client(Groups.Create, { displayName }))
    id = (await find())!
  }
  const value = members.map((member) => ({ value: member }))
  await client(Groups.Patch, { id, Operations: [{ op: 'add', path: 'members', value }] })
}

/** Adds privileges to the existing ones. */
export async function grant(
  client: Client,
  principal: string,
  securable_type: string,
  full_name: string,
  ...add: string[]
): Promise<void> {
  await client(UpdatePermissions, { securable_type, full_name, changes: [{ principal, add }] })
}
