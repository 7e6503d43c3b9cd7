import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Securable } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import { missing } from '@cairn/platform/errors'
import type { ListAudit } from '@cairn/platform/protocol/cairn/audit'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyRequest } from 'fastify'
import type { Locator } from '../securables/locator.js'
import { isObjectType, type Objects } from '../securables/objects.js'
import { type AuditFilter, type AuditMatch, type AuditStore, matchWithin } from './store.js'

interface Options {
  readonly authorizer: Authorizer
  readonly locator: Locator
  readonly objects: Objects
  readonly audit: AuditStore
}

type Filter = Omit<Input<typeof ListAudit>, 'max_results' | 'page_token'>

/** The part of the audit log that a caller may read. */
export interface AuditView {
  readonly filter: AuditFilter
  /** The object on which the caller has MANAGE; absent for a caller with READ AUDIT. */
  readonly object?: Securable
}

/**
 * Narrows a filter to the events that the caller may read. READ AUDIT allows all; MANAGE on an object allows its events and those
 * of everything in it, matched by id: its name may have belonged to an object of another principal.
 *
 * @throws PERMISSION_DENIED, or the error of an absent securable
 */
export async function auditViewOf(
  options: Options,
  request: FastifyRequest,
  input: Filter,
): Promise<AuditView> {
  const { authorizer, audit } = options
  const { securable, ...filter } = input
  const { object_type } = filter
  const type = object_type !== undefined && isObjectType(object_type) ? object_type : undefined
  const { allowed } = await authorizer.decide(request.principal, 'READ AUDIT', authorizer.metastore)
  if (securable === undefined || (!allowed && !type && securable.split('.').length > 3)) {
    await request.authorize('READ AUDIT', authorizer.metastore)
    return { filter }
  }
  if (allowed) {
    const on = type ? await matchesOf(options, type, securable) : await audit.named(securable)
    return { filter: { ...filter, on } }
  }
  const object = type
    ? (await options.objects.require(request, 'MANAGE', type, securable))[0]
    : await requireManaged(options, request, securable)
  return { filter: { ...filter, on: [matchWithin(object.type, object.id)] }, object }
}

async function matchesOf(
  { objects }: Options,
  object_type: Parameters<Objects['find']>[0],
  idOrName: string,
): Promise<AuditMatch[]> {
  const [object] = (await objects.find(object_type, idOrName)) ?? [{ id: idOrName, name: idOrName }] // deleted
  return [
    { object_type, object_id: object.id },
    { object_type, object_name: object.name },
  ]
}

/** @throws PERMISSION_DENIED without MANAGE on the securable of the catalog */
async function requireManaged({ locator }: Options, request: FastifyRequest, fullName: string) {
  const type = (['catalog', 'schema', 'table'] as const)[fullName.split('.').length - 1]!
  const table = await locator.find(type, fullName)
  const other = type === 'table' && table[0].absent ? await locator.find('volume', fullName) : table
  const chain = other[0].absent ? table : other
  await request.authorize('MANAGE', chain)
  return chain[0]
}

/**
 * Checks during an export that the caller may still read the view, without an audit event.
 *
 * @throws PERMISSION_DENIED, or the error of an absent object
 */
export async function reauthorizeView(
  { authorizer, locator }: Options,
  principal: Principal,
  { object }: AuditView,
): Promise<void> {
  if (!object) return void (await authorizer.require(principal, 'READ AUDIT', authorizer.metastore))
  const { type, id, name } = object
  const absent = () => missing(`The ${type.replaceAll('_', ' ')} '${name}' was renamed or deleted meanwhile.`)
  if (isObjectType(type)) return authorizer.requireOn(principal, ['MANAGE'], { type, ids: [id] }, { absent })
  const chain = await locator.find(type as 'catalog', name)
  if (chain[0].id !== id) throw absent()
  await authorizer.require(principal, 'MANAGE', chain)
}
