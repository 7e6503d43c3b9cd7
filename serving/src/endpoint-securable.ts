import type { SecurableId } from '@cairn/platform/auth/decide'
import type { Naming, Namings } from '@cairn/platform/auth/naming'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { missing } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { EndpointRow, ServingSchema } from './schema.js'

/** Identifies an endpoint to the authorizer. */
export const endpointSecurable = ({ id }: Pick<EndpointRow, 'id'>): SecurableId => ({
  type: 'serving_endpoint',
  id,
})

export const noSuchEndpoint = (nameOrId: string) =>
  missing(`Endpoint with name '${nameOrId}' does not exist.`)

/** Resolves the endpoints that requests name, by name or id, to ids. Ids take precedence, as in `EndpointStore.find`. */
export function endpointNamings(db: Db<ServingSchema>): Namings {
  const naming: Naming = {
    async find(names) {
      if (names.length === 0) return new Map()
      const { rows } = await sql<{ name: string; id: string }>`
        select wanted.id as name, endpoints.id from ${idRows(db.dialect, names)} as wanted
        cross join endpoints where endpoints.name = wanted.id or endpoints.id = wanted.id`.execute(db.read)
      const byId = rows.filter(({ name, id }) => name === id)
      return new Map([...rows, ...byId].map(({ name, id }) => [name, [id]]))
    },
    acceptsIds: true,
    absent: noSuchEndpoint,
    nothing: '',
  }
  return { name: naming, model: naming }
}
