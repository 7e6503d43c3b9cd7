import { noteGrants } from '@cairn/platform/audit/note-grants'
import { FIELD_OF, type NamedEntry, namedEntries } from '@cairn/platform/auth/access-control-list'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { isOn, type SecurableChain } from '@cairn/platform/auth/decide'
import type { Grants, NamedGrant } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import { KINDS } from '@cairn/platform/auth/kinds'
import {
  IS_OWNER,
  levelChange,
  levelOf,
  levelsOf,
  OWNER_DESCRIPTION,
  privilegesOf,
} from '@cairn/platform/auth/permission-levels'
import { type Securables, setOwnerIn } from '@cairn/platform/auth/securables'
import { groupBy } from '@cairn/platform/collections/group-by'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  DestinationPermissions,
  DirectoryPermissions,
  EndpointPermissions,
  ExperimentPermissions,
  FilePermissions,
  JobPermissions,
  ModelPermissions,
  NotebookPermissions,
  type ObjectAccessEntry,
} from '@cairn/platform/protocol/databricks/object-permissions'
import type { SecurableType } from '@cairn/platform/protocol/privileges'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Objects } from '../securables/objects.js'
import { checkTransfer, noteOwner } from './transfer-ownership.js'

interface Options {
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly identities: Identities
  readonly securables: Securables
  readonly objects: Objects
}

/** Databricks' permission levels on objects, stored as grants. */
export const objectPermissionRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { authorizer, grants, identities, objects } = options
  const kinds = [
    ['experiment', ExperimentPermissions],
    ['registered_model', ModelPermissions],
    ['job', JobPermissions],
    ['serving_endpoint', EndpointPermissions],
    ['notification_destination', DestinationPermissions],
    ['directory', DirectoryPermissions],
    ['notebook', NotebookPermissions],
    ['file', FilePermissions],
  ] as const
  for (const [type, operations] of kinds) {
    const levels = type === 'job' ? [...levelsOf(type), OWNER_LEVEL] : levelsOf(type)
    handle(app, operations.Get, async ({ id }, request) => {
      const chain = await objects.require(request, readPrivileges(type), type, id)
      return describe(options, chain, request)
    })
    handle(app, operations.Levels, async ({ id }, request) => {
      await objects.require(request, readPrivileges(type), type, id)
      return {
        permission_levels: levels.map(({ level, description }) => ({ permission_level: level, description })),
      }
    })
    for (const op of [operations.Update, operations.Set] as const)
      handle(app, op, async ({ id, access_control_list = [] }, request) => {
        const chain = await objects.require(request, 'MANAGE', type, id)
        const named = await namedEntries(identities, access_control_list)
        const owners = ownersIn(type, named)
        const changes = named
          .filter((one) => !owners.includes(one))
          .map(({ entry, holder }) => levelChange(type, holder.id, entry.permission_level))
        await authorizer.requireGrantable(
          request.principal,
          changes.flatMap(({ add }) => add),
          chain,
        )
        const removed = op.method === 'PUT' ? await allGrants(grants, chain) : []
        const newOwner = owners[0]?.holder
        const isTransfer = newOwner && (await checkTransfer(authorizer, chain, newOwner, request.principal))
        const applied = await grants.change(chain[0], [...removed, ...changes], request.principal, {
          ownedAs: chain[0].owner,
          ...(isTransfer && { also: (tx) => setOwnerIn(tx, chain[0], newOwner.id) }),
        })
        if (isTransfer) await noteOwner(authorizer, chain[0], newOwner, request)
        await noteGrants(request, authorizer, applied)
        return describe(options, (await objects.find(type, chain[0].id))!, request)
      })
  }
}

/** The privileges of the lowest level, which reads the object. */
const readPrivileges = (type: SecurableType) => levelsOf(type)[0]!.privileges

const OWNER_LEVEL = { level: IS_OWNER, description: OWNER_DESCRIPTION }

/** Returns the entry that names another owner, if any. @throws INVALID_PARAMETER_VALUE for several */
function ownersIn(type: SecurableType, named: readonly NamedEntry[]): readonly NamedEntry[] {
  const owners = type === 'job' ? named.filter(({ entry }) => entry.permission_level === IS_OWNER) : []
  if (owners.length > 1) throw invalid(`A ${type} has one owner: name one principal with ${IS_OWNER}.`)
  return owners
}

async function allGrants(grants: Grants, chain: SecurableChain) {
  const own = await grants.onChain([chain[0]])
  return [...new Set(own.map(({ principal_id }) => principal_id))].map((principal_id) => ({
    principal_id,
    add: [],
    remove: [...privilegesOf(chain[0].type), 'ALL PRIVILEGES' as const, 'DENY' as const],
  }))
}

/** Returns the owner and the levels of grants on the object and the metastore: all for managers, otherwise the caller's own. */
async function describe(
  { authorizer, grants, identities }: Options,
  chain: SecurableChain,
  { principal }: FastifyRequest,
) {
  const [object] = chain
  const { path, objectType } = KINDS[object.type].wire!
  const manages = await authorizer.decide(principal, 'MANAGE', chain)
  const own = await authorizer.identities(principal)
  const all = await grants.onChain(chain)
  const visible = groupBy(
    manages.allowed ? all : all.filter(({ principal_id }) => own.has(principal_id)),
    ({ principal_id }) => principal_id,
  )
  const holders = new Map([[object.owner, [] as readonly NamedGrant[]], ...visible])
  const entries = await Promise.all(
    [...holders].map(async ([id, held]): Promise<ObjectAccessEntry[]> => {
      const holder = await identities.find(id)
      const all_permissions = permissionsOf(chain, id, held)
      if (!holder || all_permissions.length === 0) return []
      const { name, display_name } = holder
      return [{ [FIELD_OF[holder.type]]: name, display_name, all_permissions }]
    }),
  )
  const nameOf = await authorizer.names([object.owner])
  return {
    ...{ object_id: `/${path}/${object.id}`, object_type: objectType, owner: nameOf(object.owner) },
    access_control_list: entries.flat(),
  }
}

function permissionsOf(chain: SecurableChain, holder: string, held: readonly NamedGrant[]) {
  const [object] = chain
  const direct = held.filter((grant) => isOn(grant, object))
  const owned = object.owner === holder && (object.type === 'job' ? IS_OWNER : 'CAN_MANAGE')
  const level = owned || levelOf(object.type, privileges(direct))
  const inherited = levelOf(object.type, privileges(held.filter((one) => !direct.includes(one))))
  return [
    ...(level ? [{ permission_level: level, inherited: false }] : []),
    ...(inherited ? [{ permission_level: inherited, inherited: true, inherited_from_object: ['/'] }] : []),
  ]
}

const privileges = (held: readonly NamedGrant[]) => held.map(({ privilege }) => privilege)
