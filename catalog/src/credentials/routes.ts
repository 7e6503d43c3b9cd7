import { handle } from '@cairn/platform/http/handle'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import {
  inDatabricksVersion,
  TemporaryPathCredentials,
  TemporaryTableCredentials,
  TemporaryVolumeCredentials,
} from '@cairn/platform/protocol/unity/credentials'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Access } from '../securables/access.js'
import type { TableStore } from '../tables/store.js'
import type { VolumeStore } from '../volumes/store.js'
import { BYTE_PRIVILEGES } from './privileges.js'
import { securableAt } from './securable-at.js'
import { type VendOptions, vend } from './vend.js'

interface Options extends VendOptions {
  readonly access: Access
  readonly tables: TableStore
  readonly volumes: VolumeStore
}

interface CredentialsRequest {
  readonly type: 'table' | 'volume'
  readonly id: string
  readonly write: boolean
  /** A location below that of the securable; default: the whole securable. */
  readonly path?: string
}

/** Temporary credentials in Unity Catalog's API, for a table, a volume or a path. */
export const credentialRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { access, tables, volumes } = options
  forbidStoring(app)

  for (const op of [TemporaryTableCredentials, inDatabricksVersion(TemporaryTableCredentials)])
    handle(app, op, ({ table_id, operation }, request) =>
      credentialsFor({ type: 'table', id: table_id, write: operation === 'READ_WRITE' }, request),
    )
  for (const op of [TemporaryVolumeCredentials, inDatabricksVersion(TemporaryVolumeCredentials)])
    handle(app, op, ({ volume_id, operation }, request) =>
      credentialsFor({ type: 'volume', id: volume_id, write: operation === 'WRITE_VOLUME' }, request),
    )
  for (const op of [TemporaryPathCredentials, inDatabricksVersion(TemporaryPathCredentials)])
    handle(app, op, async ({ url, operation }, request) => {
      const { type, id, path } = await securableAt(options, url)
      return credentialsFor({ type, id, write: operation !== 'PATH_READ', path }, request)
    })

  async function credentialsFor({ type, id, write, path }: CredentialsRequest, request: FastifyRequest) {
    const privileges = BYTE_PRIVILEGES[type][write ? 'write' : 'read']
    const securable = await access.requireById(request, privileges, type, id)
    const location =
      type === 'table'
        ? await tables.location(securable.id)
        : (await volumes.get(securable.id)).storage_location
    return vend(options, { type, id: securable.id, location, path: path ?? location, write }, request)
  }
}
