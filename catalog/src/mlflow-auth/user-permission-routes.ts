import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  GetMlflowPermission,
  GrantMlflowPermission,
  MlflowExperimentPermissions,
  MlflowModelPermissions,
  RevokeMlflowPermission,
} from '@cairn/platform/protocol/mlflow/auth'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { type MlflowObjectType, objectTypeOf, PRIVILEGE_NOUNS, permissionOf, WORKSPACE } from './levels.js'
import { findUser } from './mlflow-users.js'
import type { MlflowAuthParts } from './options.js'

/** Permissions of users on one experiment or registered model. */
export const userPermissionRoutes: FastifyPluginAsync<MlflowAuthParts> = async (app, options) => {
  experimentPermissions(app, options)
  modelPermissions(app, options)
  const { authorizer, identities, objects, held, changes } = options
  handle(app, GrantMlflowPermission, async (input, request) => {
    const { username, resource_type, resource_id, permission } = input
    const resource = await changes.managed(request, objectTypeOf(resource_type), resource_id)
    const user = await findUser(identities, username)
    if (await changes.find(resource, user, 'DENY'))
      throw new ApiError('RESOURCE_ALREADY_EXISTS', `${permissionFor(input)} already exists.`)
    await changes.set(resource, user, permission, { request, denial: 'DENY' })
    return {}
  })
  handle(app, RevokeMlflowPermission, async (input, request) => {
    const { username, resource_type, resource_id } = input
    const resource = await changes.managed(request, objectTypeOf(resource_type), resource_id)
    const user = await findUser(identities, username)
    if (!(await changes.find(resource, user, 'DENY'))) throw missing(`${permissionFor(input)} not found.`)
    await changes.remove(resource, user, request)
    return {}
  })
  handle(app, GetMlflowPermission, async ({ username, resource_type, resource_id }, request) => {
    const type = objectTypeOf(resource_type)
    const isSelf = username === request.principal.name
    if (!isSelf) await changes.managed(request, type, resource_id)
    const user = isSelf ? request.principal : await findUser(identities, username)
    const permission =
      resource_id === '*'
        ? await effectiveEverywhere(authorizer, user, type)
        : await effective({ authorizer, objects, held }, user, { type, id: resource_id, isSelf })
    return { allowed: permission === 'EDIT' || permission === 'MANAGE', permission }
  })
}

const permissionFor = (input: { username: string; resource_type: string; resource_id: string }) =>
  `Permission for user=${input.username} on resource_type=${input.resource_type}, resource_id=${input.resource_id}`

/** Phrases of MLflow's errors that name a permission by its object and user. */
interface Words {
  readonly taken: (pattern: string, username: string) => string
  readonly absent: (pattern: string, username: string) => string
}

/** Serves the permissions of MLflow 3.11's API on objects of one type. */
class LegacyPermission {
  readonly #options: MlflowAuthParts
  readonly #type: MlflowObjectType
  readonly #words: Words

  constructor(options: MlflowAuthParts, type: MlflowObjectType, words: Words) {
    this.#options = options
    this.#type = type
    this.#words = words
  }

  async create(request: FastifyRequest, pattern: string, username: string, permission: string) {
    const { changes } = this.#options
    const { resource, user } = await this.#located(request, pattern, username)
    if (await changes.find(resource, user, 'NO_PERMISSIONS'))
      throw new ApiError('RESOURCE_ALREADY_EXISTS', `${this.#words.taken(pattern, username)} already exists.`)
    await changes.set(resource, user, permission, { request, denial: 'NO_PERMISSIONS' })
    return this.get(request, pattern, username)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST without a permission */
  async get(request: FastifyRequest, pattern: string, username: string) {
    const { changes, ids } = this.#options
    const { resource, user } = await this.#located(request, pattern, username)
    const permission = await changes.find(resource, user, 'NO_PERMISSIONS')
    if (!permission) throw missing(`${this.#words.absent(pattern, username)} not found`)
    return { object: resource.chain[0], user_id: await ids.of(user.id), permission }
  }

  async update(request: FastifyRequest, pattern: string, username: string, permission: string) {
    await this.get(request, pattern, username)
    const { resource, user } = await this.#located(request, pattern, username)
    await this.#options.changes.set(resource, user, permission, { request, denial: 'NO_PERMISSIONS' })
    return {}
  }

  async delete(request: FastifyRequest, pattern: string, username: string) {
    await this.get(request, pattern, username)
    const { resource, user } = await this.#located(request, pattern, username)
    await this.#options.changes.remove(resource, user, request)
    return {}
  }

  async #located(request: FastifyRequest, pattern: string, username: string) {
    const { identities, objects } = this.#options
    const chain = await objects.require(request, 'MANAGE', this.#type, pattern)
    const user = await findUser(identities, username)
    return { resource: { type: this.#type, chain, isEverything: false }, user }
  }
}

const experimentPermissions: Register = (app, options) => {
  const { Create, Get, Update, Delete } = MlflowExperimentPermissions
  const legacy = new LegacyPermission(options, 'experiment', {
    taken: (id, username) => `Experiment permission (experiment_id=${id}, username=${username})`,
    absent: (id, username) => `Experiment permission with experiment_id=${id} and username=${username}`,
  })
  const render = ({ object, user_id, permission }: Awaited<ReturnType<LegacyPermission['get']>>) => ({
    experiment_permission: { experiment_id: object.id, user_id, permission },
  })
  handle(app, Create, async ({ experiment_id, username, permission }, request) =>
    render(await legacy.create(request, experiment_id, username, permission)),
  )
  handle(app, Get, async ({ experiment_id, username }, request) =>
    render(await legacy.get(request, experiment_id, username)),
  )
  handle(app, Update, ({ experiment_id, username, permission }, request) =>
    legacy.update(request, experiment_id, username, permission),
  )
  handle(app, Delete, ({ experiment_id, username }, request) =>
    legacy.delete(request, experiment_id, username),
  )
}

const modelPermissions: Register = (app, options) => {
  const { Create, Get, Update, Delete } = MlflowModelPermissions
  const describe = (name: string, username: string) =>
    `Registered model permission with workspace=${WORKSPACE}, name=${name} and username=${username}`
  const legacy = new LegacyPermission(options, 'registered_model', { taken: describe, absent: describe })
  const render = ({ object, user_id, permission }: Awaited<ReturnType<LegacyPermission['get']>>) => ({
    registered_model_permission: { workspace: WORKSPACE, name: object.name, user_id, permission },
  })
  handle(app, Create, async ({ name, username, permission }, request) =>
    render(await legacy.create(request, name, username, permission)),
  )
  handle(app, Get, async ({ name, username }, request) => render(await legacy.get(request, name, username)))
  handle(app, Update, ({ name, username, permission }, request) =>
    legacy.update(request, name, username, permission),
  )
  handle(app, Delete, ({ name, username }, request) => legacy.delete(request, name, username))
}

type Register = (app: Parameters<FastifyPluginAsync>[0], options: MlflowAuthParts) => void

/** Returns pairs of a permission and the privilege that distinguishes it from lower ones, the highest first. */
const rightsOf = (type: MlflowObjectType) =>
  [
    ['MANAGE', 'MANAGE'],
    ['EDIT', `EDIT ${PRIVILEGE_NOUNS[type]}`],
    ['READ', `READ ${PRIVILEGE_NOUNS[type]}`],
  ] as const

/** Returns the permission of a user on an object, by any grant. Only managers of the object see a denial. */
async function effective(
  { authorizer, objects, held }: Pick<MlflowAuthParts, 'authorizer' | 'objects' | 'held'>,
  user: Principal,
  { type, id, isSelf }: { readonly type: MlflowObjectType; readonly id: string; readonly isSelf: boolean },
): Promise<string> {
  const chain = await objects.find(type, id)
  if (!chain) return 'NO_PERMISSIONS'
  const decided = async (privilege: Parameters<Authorizer['decide']>[1]) =>
    (await authorizer.decide(user, privilege, chain)).allowed
  for (const [permission, privilege] of rightsOf(type)) if (await decided(privilege)) return permission
  if (isSelf || (await decided(KINDS[type].visibility))) return 'NO_PERMISSIONS'
  return permissionOf(await held.on(type, chain[0].id, user.id), 'DENY') === 'DENY'
    ? 'DENY'
    : 'NO_PERMISSIONS'
}

async function effectiveEverywhere(authorizer: Authorizer, user: Principal, type: MlflowObjectType) {
  for (const [permission, privilege] of rightsOf(type))
    if ((await authorizer.decide(user, privilege, authorizer.metastore)).allowed) return permission
  return 'NO_PERMISSIONS'
}
