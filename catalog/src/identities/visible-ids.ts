import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'

/** Returns the ids of principals that the viewer may see: undefined for all, with MANAGE IDENTITIES; otherwise its own and its groups'. */
export async function visibleIds(
  authorizer: Authorizer,
  viewer: Principal,
): Promise<ReadonlySet<string> | undefined> {
  const manager = await authorizer.decide(viewer, 'MANAGE IDENTITIES', authorizer.metastore)
  return manager.allowed ? undefined : authorizer.identities(viewer)
}
