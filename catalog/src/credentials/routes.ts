import { handle } from '@cairn/platform/http/handle'
import {
  inDatabricksVersion,
  TemporaryPathCredentials,
  TemporaryTableCredentials,
  TemporaryVolumeCredentials,
} from '@cairn/platform/protocol/credentials'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Rooms } from '../rooms.js'
import { securableAt } from './path.js'
import { BYTES } from './rights.js'
import { vend } from './vend.js'

export const credentialRoutes: FastifyPluginAsync<Rooms> = async (app, rooms) => {
  for (const op of [TemporaryTableCredentials, inDatabricksVersion(TemporaryTableCredentials)])
    handle(app, op, ({ table_id, operation }, request) =>
      access(rooms, { type: 'table', id: table_id, write: operation === 'READ_WRITE' }, request),
    )
  for (const op of [TemporaryVolumeCredentials, inDatabricksVersion(TemporaryVolumeCredentials)])
    handle(app, op, ({ volume_id, operation }, request) =>
      access(rooms, { type: 'volume', id: volume_id, write: operation === 'WRITE_VOLUME' }, request),
    )
  for (const op of [TemporaryPathCredentials, inDatabricksVersion(TemporaryPathCredentials)])
    handle(app, op, async ({ url, operation }, request) => {
      const { type, id, path } = await securableAt(rooms, url)
      return access(rooms, { type, id, write: operation !== 'PATH_READ', path }, request)
    })
}

interface Asked {
  readonly type: 'table' | 'volume'
  readonly id: string
  readonly write: boolean
  /** A path below the location; all of it when absent. */
  readonly path?: string
}

async function access(rooms: Rooms, { type, id, write, path }: Asked, request: FastifyRequest) {
  const rights = BYTES[type][write ? 'write' : 'read']
  const securable = await rooms.gate.passId(request, rights, type, id)
  const location =
    type === 'table'
      ? await rooms.tables.location(securable.id)
      : (await rooms.volumes.get(securable.id)).storage_location
  return vend(rooms, { type, id: securable.id, location, url: path ?? location, write }, request)
}
