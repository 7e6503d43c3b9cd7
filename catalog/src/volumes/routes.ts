import { SIGHT } from '@cairn/platform/auth/refusal'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateVolume,
  DeleteVolume,
  GetVolume,
  ListVolumes,
  UpdateVolume,
} from '@cairn/platform/protocol/volumes'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Rooms } from '../rooms.js'
import { discard } from '../securables/bytes.js'
import { externalLocation } from '../securables/location.js'
import { checkName } from '../securables/names.js'
import { volumeKey } from '../securables/removal.js'
import { visiblePage } from '../securables/visible-page.js'
import { volumeInfo } from './store.js'

export const volumeRoutes: FastifyPluginAsync<Rooms> = async (app, rooms) => {
  const { context, gate, volumes, principalId } = rooms

  handle(app, CreateVolume, async ({ catalog_name, schema_name, storage_location, ...input }, request) => {
    const schema = await gate.pass(request, 'CREATE VOLUME', 'schema', `${catalog_name}.${schema_name}`)
    checkName(input.name)
    const locate = await locator(rooms, input.volume_type, storage_location, request)
    return volumeInfo(await volumes.create(schema.id, input, locate, request.principal))
  })
  handle(app, ListVolumes, async ({ catalog_name, schema_name, ...page }, { principal }) => {
    const schema = await gate.openContainer(principal, 'schema', `${catalog_name}.${schema_name}`)
    if (!schema) return { volumes: [], next_page_token: null }
    const { rows, next_page_token } = await visiblePage(context.authorizer, principal, page, {
      fetch: (after, limit) => volumes.list(schema[0].id, after, limit),
      key: (row) => row.name,
      chain: ({ volume_id, name, owner }) => [
        { type: 'volume', id: volume_id, name: `${schema[0].name}.${name}`, owner },
        ...schema,
      ],
      sight: SIGHT.volume,
    })
    return { volumes: rows.map(volumeInfo), next_page_token }
  })
  handle(app, GetVolume, async ({ name }, request) => {
    const { id } = await gate.pass(request, SIGHT.volume, 'volume', name)
    return volumeInfo(await volumes.get(id))
  })
  handle(app, UpdateVolume, async ({ name, owner, ...change }, request) => {
    const { id } = await gate.pass(request, 'MANAGE', 'volume', name)
    if (change.new_name !== undefined) checkName(change.new_name, 'new_name')
    return volumeInfo(
      await volumes.update(id, { ...change, ...(await principalId('owner', owner)) }, request.principal),
    )
  })
  handle(app, DeleteVolume, async ({ name }, request) => {
    const { id } = await gate.pass(request, 'MANAGE', 'volume', name)
    await discard(context.blobs, await volumes.delete(id), request.log)
    return {}
  })
}

async function locator(
  { context }: Rooms,
  type: 'MANAGED' | 'EXTERNAL',
  location: string | undefined,
  request: FastifyRequest,
) {
  if (type === 'MANAGED') {
    if (location) throw invalid('Invalid storage_location: a managed volume is given one.')
    return (id: string) => context.blobs.uri(volumeKey(id))
  }
  if (!location) throw invalid('Missing storage_location: an external volume needs one.')
  await request.authorize('MANAGE', context.authorizer.metastore) // see `placeOf` of tables
  const normal = externalLocation(location, context.blobs.uri(''))
  return () => normal
}
