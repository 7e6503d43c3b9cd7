import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Securables } from '@cairn/platform/auth/securables'
import { missing } from '@cairn/platform/errors'
import type { Privilege, SecurableType } from '@cairn/platform/protocol/privileges'
import type { FastifyRequest } from 'fastify'

const WITH_UNIQUE_NAMES = [
  'experiment',
  'registered_model',
  'serving_endpoint',
  'secret_scope',
  'notification_destination',
] as const satisfies readonly SecurableType[]

export type ObjectType = 'job' | (typeof WITH_UNIQUE_NAMES)[number]

const hasUniqueNames = (type: SecurableType) => (WITH_UNIQUE_NAMES as readonly SecurableType[]).includes(type)

/** Returns whether objects of the type belong to another service. */
export const isObjectType = (type: string): type is ObjectType =>
  Object.hasOwn(KINDS, type) && KINDS[type as SecurableType].isNamed === true

/** Finds objects of the other services and authorizes access to them. */
export class Objects {
  readonly #securables: Securables
  readonly #authorizer: Authorizer

  constructor(securables: Securables, authorizer: Authorizer) {
    this.#securables = securables
    this.#authorizer = authorizer
  }

  /** @param idOrName ids take precedence */
  async find(type: SecurableType, idOrName: string): Promise<SecurableChain | undefined> {
    const found = await this.#securables.chain(type, idOrName)
    if (found || !hasUniqueNames(type)) return found
    const row = await this.#securables.findByName(type, idOrName)
    return row && [{ type, id: row.id, name: row.name, owner: row.owner }, ...this.#authorizer.metastore]
  }

  /**
   * @param privilege one of these suffices
   * @throws RESOURCE_DOES_NOT_EXIST, also for an object that is hidden from the caller; PERMISSION_DENIED
   */
  async require(
    request: FastifyRequest,
    privilege: Privilege | readonly Privilege[],
    type: SecurableType,
    idOrName: string,
  ): Promise<SecurableChain> {
    const noun = type.replaceAll('_', ' ')
    const absent = () =>
      missing(`${noun[0]!.toUpperCase()}${noun.slice(1)} with id '${idOrName}' does not exist.`)
    const chain = await this.find(type, idOrName)
    if (!chain) throw absent()
    request.decided = true
    await this.#authorizer.requireOn(
      request.principal,
      [privilege].flat(),
      { type, ids: [chain[0].id] },
      { note: (one) => request.noteDecision(one), absent },
    )
    return chain
  }
}
