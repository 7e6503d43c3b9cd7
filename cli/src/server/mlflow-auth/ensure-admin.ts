import { PUBLISHED_PASSWORDS } from '@cairn/catalog/mlflow-auth/levels'
import { ensureAdmins } from '@cairn/platform/auth/admins'
import { Invites } from '@cairn/platform/auth/invites'
import { changeMembersIn } from '@cairn/platform/auth/members'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { ADMINS, EVERYONE, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyBaseLogger } from 'fastify'
import type { MlflowAuth } from './read-config.js'

const LINK_SECONDS = 72 * 3600

/**
 * Creates the administrator of MLflow's configuration while the server has none, so that one who was deleted or renamed does
 * not return at a restart. An existing account is left as it is. With the administrator everybody may create experiments and
 * models, as on MLflow's server.
 *
 * @returns the secret of a link that sets the password, if MLflow has published the configured one: it is not stored
 * @throws INVALID_PARAMETER_VALUE for a weak password
 */
export async function ensureMlflowAdmin(
  { admin, notes }: MlflowAuth,
  context: ServiceContext,
  log: FastifyBaseLogger,
): Promise<string | undefined> {
  for (const note of notes) log.warn({ note }, "a part of MLflow's auth configuration is not enforced")
  const { identities, grants, passwords, db } = context
  if (!admin || (await identities.find(admin.username))) return undefined
  if ((await identities.members(ADMINS.id)).length > 0) return undefined
  const isPublished = PUBLISHED_PASSWORDS.includes(admin.password)
  const refuse = (cause: unknown): never => {
    throw invalid(`'mlflow_auth_config': the administrator '${admin.username}': ${messageOf(cause)}`, {
      cause,
    })
  }
  const store = isPublished
    ? undefined
    : await passwords.prepare(admin.username, admin.password).catch(refuse)
  await ensureAdmins({ identities, grants })
  const add = ['CREATE EXPERIMENT', 'CREATE MODEL'] as const
  await grants.change(METASTORE[0], [{ principal_id: EVERYONE.id, add, remove: [] }], LOCAL_OWNER)
  // The account comes last: if it exists, the next start does nothing.
  const user = await identities.create('user', admin.username, admin.username, async (tx, { id }) => {
    await store?.(tx, id)
    await changeMembersIn(tx, ADMINS.id, { add: [id] })
  })
  log.info({ user: user.name, everybody: add }, "created the administrator of MLflow's auth configuration")
  if (!isPublished) return undefined
  const link = { principalId: user.id, createdBy: LOCAL_OWNER.id, seconds: LINK_SECONDS }
  return (await new Invites(db.for()).create(link)).secret
}
