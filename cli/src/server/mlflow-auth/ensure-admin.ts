import { PUBLISHED_PASSWORDS } from '@cairn/catalog/mlflow-auth/levels'
import { ensureAdmins } from '@cairn/platform/auth/admins'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { hashPassword } from '@cairn/platform/auth/password-hash'
import { ADMINS, EVERYONE, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { invalid, messageOf } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyBaseLogger } from 'fastify'
import { isReachable, type MlflowAuth, rejectIfReachable } from './read-config.js'

/**
 * Creates the administrator of MLflow's configuration, who may sign in with the password there. An existing account is left as
 * it is. With the first one everybody may create experiments and models, as on MLflow's server.
 *
 * @throws INVALID_PARAMETER_VALUE for a weak password, and for a published one on a server that others reach
 */
export async function ensureMlflowAdmin(
  { admin, notes }: MlflowAuth,
  context: ServiceContext,
  log: FastifyBaseLogger,
): Promise<void> {
  for (const note of notes) log.warn({ note }, "a part of MLflow's auth configuration is not enforced")
  if (!admin) return
  const { identities, grants, passwords, config } = context
  if (await identities.find(admin.username)) {
    if (isReachable(config)) await rejectPublishedPassword(admin.username, context)
    return
  }
  const user = await identities.create('user', admin.username)
  try {
    if (PUBLISHED_PASSWORDS.includes(admin.password)) {
      log.warn(
        {},
        'the password of the administrator is published by MLflow: it is accepted on this machine only',
      )
      await passwords.setHash(user.id, await hashPassword(admin.password))
    } else await passwords.set(user.id, admin.password)
  } catch (cause) {
    await identities.delete(user.id)
    throw invalid(`'mlflow_auth_config': the administrator '${user.name}': ${messageOf(cause)}`, { cause })
  }
  await ensureAdmins({ identities, grants })
  await identities.addMember(ADMINS.id, user.id)
  const add = ['CREATE EXPERIMENT', 'CREATE MODEL'] as const
  await grants.change(METASTORE[0], [{ principal_id: EVERYONE.id, add, remove: [] }], LOCAL_OWNER)
  log.info({ user: user.name, everybody: add }, "created the administrator of MLflow's auth configuration")
}

async function rejectPublishedPassword(name: string, { passwords, config }: ServiceContext) {
  for (const password of PUBLISHED_PASSWORDS)
    if (await passwords.verify({ name, password, address: 'the start of the server' }))
      rejectIfReachable(config)
}
