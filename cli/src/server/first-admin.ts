import { ensureAdmins } from '@cairn/platform/auth/admins'
import { Invites, inviteUrl } from '@cairn/platform/auth/invites'
import { ADMINS, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { ServiceContext } from '@cairn/platform/service-context'

const LINK_SECONDS = 72 * 3600

/**
 * Creates the group of administrators where every request needs to be authenticated.
 *
 * @returns the link with which the first administrator creates an account, at the first such start only
 */
export async function inviteFirstAdmin(
  { config, db, identities, grants }: ServiceContext,
  serverUrl: string,
): Promise<string | undefined> {
  if (config.auth !== 'required' || (await identities.find(ADMINS.id))) return undefined
  await ensureAdmins({ identities, grants })
  const { secret } = await new Invites(db.for()).create({
    ...{ groupIds: [ADMINS.id], createdBy: LOCAL_OWNER.id, seconds: LINK_SECONDS },
  })
  return inviteUrl(serverUrl, secret)
}
