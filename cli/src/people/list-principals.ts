import type { Client } from '@cairn/platform/protocol/client'
import type { ScimResource } from '@cairn/platform/protocol/databricks/identities'
import { type Kind, NAME, RESOURCES } from './principal-kinds.js'

const PAGE = 1_000

/** All principals of a kind in the order of their names, or those with a text in their names or addresses. */
export async function listPrincipals(call: Client, kind: Kind, search?: string): Promise<ScimResource[]> {
  const attributes = [NAME[kind], 'displayName', ...(kind === 'user' ? ['emails'] : [])]
  const filter = [...new Set(attributes)].map((name) => `${name} co ${JSON.stringify(search)}`).join(' or ')
  const found: ScimResource[] = []
  for (;;) {
    const page = { startIndex: found.length + 1, count: PAGE, ...(search && { filter }) }
    const { Resources, totalResults } = await call(RESOURCES[kind].List, page)
    found.push(...Resources)
    if (Resources.length === 0 || found.length >= totalResults) return found
  }
}
