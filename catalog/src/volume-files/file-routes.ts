import type { BlobInfo, Blobs } from '@cairn/platform/blobs/blobs'
import { hasEntries } from '@cairn/platform/blobs/has-entries'
import { limitBody } from '@cairn/platform/blobs/limit-body'
import { ApiError, invalid } from '@cairn/platform/errors'
import { receiveBody, streamBodies } from '@cairn/platform/http/body/receive'
import { sendBlob } from '@cairn/platform/http/response/send-blob'
import { FILES } from '@cairn/platform/protocol/databricks/volume-files'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { keepParent } from './directories.js'
import { locate, READ_ROUTE, type VolumeFilesOptions, type VolumeLocation, WRITE_ROUTE } from './locate.js'

/** Databricks' limit. Larger files are uploaded in parts through the S3 gateway. */
const MAX_BYTES = 5 * 1024 ** 3

/** Files of Databricks' Files API. Bodies stream both ways. */
export const fileRoutes: FastifyPluginAsync<VolumeFilesOptions> = async (app, files) => {
  const { blobs } = files
  const path = `${FILES}/*`
  streamBodies(app)
  const locateFile = async (request: FastifyRequest, privilege: Privilege) => {
    const file = await locate(files, request, privilege)
    if (!file.isRoot && !request.url.split('?')[0]!.endsWith('/')) return file
    throw invalid(`${file.path} is a directory; name a file.`)
  }

  app.get(path, READ_ROUTE, async (request, reply) => {
    const file = await locateFile(request, 'READ VOLUME')
    const { modified } = await headOf(blobs, file)
    if (isModifiedSince(modified, request.headers['if-unmodified-since'])) return reply.code(412).send()
    return sendBlob({ blobs, key: file.key, proxied: true }, request, reply)
  })
  app.put(path, WRITE_ROUTE, async (request, reply) => {
    const overwrite = overwriteOf(request)
    const file = await locateFile(request, 'WRITE VOLUME')
    if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge()
    await receiveBody(request, reply, async (body) => {
      // An object store would keep a file beside a directory of its name, which a file system cannot.
      if (await hasEntries(blobs, file.key)) throw invalid(`${file.path} is a directory; name a file.`)
      return blobs.put(file.key, limitBody(body, MAX_BYTES, tooLarge), { ifAbsent: !overwrite })
    }).catch((cause: unknown) => {
      if (!(cause instanceof ApiError) || cause.code !== 'ALREADY_EXISTS') throw cause
      const message = `The file ${file.path} exists; pass overwrite=true to replace it.`
      throw new ApiError('ALREADY_EXISTS', message, { cause })
    })
    return reply.code(204).send()
  })
  app.delete(path, WRITE_ROUTE, async (request, reply) => {
    const file = await locateFile(request, 'WRITE VOLUME')
    await headOf(blobs, file)
    await blobs.delete(file.key)
    await keepParent(blobs, file)
    return reply.code(204).send()
  })
}

/** Databricks overwrites by default. @throws INVALID_PARAMETER_VALUE */
function overwriteOf({ query }: FastifyRequest): boolean {
  const { overwrite = 'true' } = query as Record<string, unknown>
  if (overwrite === 'true' || overwrite === 'false') return overwrite === 'true'
  throw invalid("Invalid value for parameter 'overwrite': pass true or false.")
}

/** @throws RESOURCE_DOES_NOT_EXIST, and INVALID_PARAMETER_VALUE for a directory */
async function headOf(blobs: Blobs, file: VolumeLocation): Promise<BlobInfo> {
  try {
    return await blobs.head(file.key)
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.code !== 'RESOURCE_DOES_NOT_EXIST') throw cause
    if (await hasEntries(blobs, file.key)) throw invalid(`${file.path} is a directory; name a file.`)
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `The file ${file.path} does not exist.`, { cause })
  }
}

/** HTTP dates have whole seconds. An unreadable date is ignored, as HTTP demands. */
const isModifiedSince = (modified: number, date: string | undefined) =>
  date !== undefined && Math.floor(modified / 1000) * 1000 > Date.parse(date)

const tooLarge = () =>
  invalid(
    'The file is larger than 5 GiB: upload it in parts, with an S3 client and credentials of the volume.',
  )
