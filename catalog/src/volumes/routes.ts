import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateVolume,
  DeleteVolume,
  GetVolume,
  ListVolumes,
  UpdateVolume,
} from '@cairn/platform/protocol/unity/volumes'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Access } from '../securables/access.js'
import { volumeKey } from '../securables/blob-keys.js'
import { deleteBytes } from '../securables/delete-bytes.js'
import { externalLocation } from '../securables/location.js'
import { checkName } from '../securables/names.js'
import { ownerChange } from '../securables/owner.js'
import type { StoreAddresses } from '../securables/store-addresses.js'
import { visiblePage } from '../securables/visible-page.js'
import { type NamedVolumeRow, type VolumeStore, volumeInfo } from './store.js'

interface Options {
  readonly authorizer: Authorizer
  readonly addresses: StoreAddresses
  readonly blobs: Blobs
  readonly identities: Identities
  readonly access: Access
  readonly volumes: VolumeStore
}

/** Volumes in Unity Catalog's API, and their files. */
export const volumeRoutes: FastifyPluginAsync<Options> = async (
  app,
  { authorizer, addresses, blobs, identities, access, volumes },
) => {
  const info = (row: NamedVolumeRow, { principal }: FastifyRequest) => volumeInfo(row, addresses, principal)
  handle(app, CreateVolume, async ({ catalog_name, schema_name, storage_location, ...input }, request) => {
    const schema = await access.require(request, 'CREATE VOLUME', 'schema', `${catalog_name}.${schema_name}`)
    checkName(input.name)
    const locationOf =
      input.volume_type === 'MANAGED'
        ? managedLocation(storage_location)
        : await externalVolumeLocation(storage_location, request)
    return info(await volumes.create(schema.id, input, locationOf, request.principal), request)
  })
  handle(app, ListVolumes, async ({ catalog_name, schema_name, ...page }, request) => {
    const { principal } = request
    const schema = await access.visibleContainer(principal, 'schema', `${catalog_name}.${schema_name}`)
    if (!schema) return { volumes: [], next_page_token: null }
    const { rows, next_page_token } = await visiblePage(authorizer, principal, page, {
      fetch: (after, limit) => volumes.list(schema[0].id, after, limit),
      key: (row) => row.name,
      chain: ({ volume_id, name, owner }) => [
        { type: 'volume', id: volume_id, name: `${schema[0].name}.${name}`, owner },
        ...schema,
      ],
      privileges: KINDS.volume.visibility,
    })
    return { volumes: rows.map((row) => info(row, request)), next_page_token }
  })
  handle(app, GetVolume, async ({ name }, request) => {
    const { id } = await access.require(request, KINDS.volume.visibility, 'volume', name)
    return info(await volumes.get(id), request)
  })
  handle(app, UpdateVolume, async ({ name, owner, ...change }, request) => {
    const securable = await access.require(request, 'MANAGE', 'volume', name)
    if (change.new_name !== undefined) checkName(change.new_name, 'new_name')
    const full = { ...change, ...(await ownerChange(identities, owner, request, securable)) }
    return info(await volumes.update(securable.id, full, request.principal), request)
  })
  handle(app, DeleteVolume, async ({ name }, request) => {
    const { id } = await access.require(request, 'MANAGE', 'volume', name)
    await deleteBytes(blobs, await volumes.delete(id), request.log)
    return {}
  })

  function managedLocation(location: string | undefined) {
    if (location)
      throw invalid('Invalid storage_location: a managed volume gets its location from the server.')
    return volumeKey
  }

  async function externalVolumeLocation(location: string | undefined, request: FastifyRequest) {
    if (!location) throw invalid('Missing storage_location: an external volume needs one.')
    await request.authorize('MANAGE', authorizer.metastore) // External volumes expose arbitrary storage.
    const normal = externalLocation(location, addresses.reserved)
    return () => normal
  }
}
