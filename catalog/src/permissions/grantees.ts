import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Securables } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { FindPrincipals } from '@cairn/platform/protocol/cairn/grantees'
import { SetOwner } from '@cairn/platform/protocol/cairn/owners'
import { textContains } from '@cairn/platform/search/name-match'
import type { FastifyPluginAsync } from 'fastify'
import { isObjectType } from '../securables/objects.js'
import type { NamedSecurables } from './named-securables.js'
import { transferOwnership } from './transfer-ownership.js'

const MAX_FOUND = 20
/** A shorter query would list all principals. */
const MIN_QUERY = 3

interface Options {
  readonly db: Db<AuthSchema>
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly securables: Securables
  readonly named: NamedSecurables
}

/** Finds principals to grant rights to, and changes the owners of objects. */
export const granteeRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { db, identities, named } = options
  handle(app, FindPrincipals, async ({ securable_type, full_name, query }, request) => {
    await named.managed(request, securable_type, full_name)
    const part = query.trim()
    if (part.length < MIN_QUERY) throw invalid(`'query' must have at least ${MIN_QUERY} characters.`)
    const principals = await db.read
      .selectFrom('principals')
      .select(['name', 'display_name', 'type'])
      .where('active', '=', 1)
      .where((eb) => eb.or([textContains(db, 'name', part), textContains(db, 'display_name', part)]))
      .orderBy('name')
      .limit(MAX_FOUND)
      .execute()
    return { principals }
  })
  handle(app, SetOwner, async ({ securable_type, full_name, owner }, request) => {
    const chain = await named.managed(request, securable_type, full_name)
    const [{ type }] = chain
    if (!isObjectType(type)) throw invalid(`The owner of a ${type} is changed with the ${type} itself.`)
    await transferOwnership(options, chain, await identities.get(owner), request)
    return {}
  })
}
