import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { levelOf, privilegesOf } from '@cairn/platform/auth/permission-levels'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'

const TYPE = 'registered_model'

/** The highest level of the permissions API that a principal has on a model that it may see. */
export async function permissionLevel(
  { objects }: Authorizer,
  principal: Principal,
  modelId: string,
): Promise<string> {
  const held: Privilege[] = []
  for (const privilege of privilegesOf(TYPE))
    if ((await objects.decide(principal, [privilege], TYPE, modelId))?.decision.allowed) held.push(privilege)
  // A principal that edits all models may also delete them, as `MANAGE_MODEL` says.
  if (await objects.holdsEverywhere(principal, ['EDIT MODELS'], TYPE)) held.push('MANAGE')
  return levelOf(TYPE, held) ?? 'CAN_READ'
}
