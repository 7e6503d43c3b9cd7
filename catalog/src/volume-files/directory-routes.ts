import { decodePageToken, encodePageToken } from '@cairn/platform/db/page'
import { invalid } from '@cairn/platform/errors'
import { DIRECTORIES, type DirectoryContents } from '@cairn/platform/protocol/databricks/volume-files'
import type { FastifyPluginAsync } from 'fastify'
import { createDirectory, deleteDirectory, listDirectory, requireDirectory } from './directories.js'
import { locate, READ_ROUTE, type VolumeFilesOptions, WRITE_ROUTE } from './locate.js'

const MAX_PAGE = 1000

/** Directories of Databricks' Files API. */
export const directoryRoutes: FastifyPluginAsync<VolumeFilesOptions> = async (app, files) => {
  const { blobs } = files
  const path = `${DIRECTORIES}/*`
  app.get(path, { ...READ_ROUTE, exposeHeadRoute: false }, async (request): Promise<DirectoryContents> => {
    const { page_size, page_token } = request.query as Record<string, unknown>
    const size = pageSize(page_size)
    const after = decodePageToken(textOf(page_token), textOf)
    const directory = await locate(files, request, 'READ VOLUME')
    const { entries, next } = await listDirectory(blobs, directory, { after, limit: size })
    return { contents: entries, ...(next !== undefined && { next_page_token: encodePageToken(next) }) }
  })
  app.head(path, READ_ROUTE, async (request, reply) => {
    await requireDirectory(blobs, await locate(files, request, 'READ VOLUME'))
    return reply.send()
  })
  app.put(path, WRITE_ROUTE, async (request, reply) => {
    await createDirectory(blobs, await locate(files, request, 'WRITE VOLUME'))
    return reply.code(204).send()
  })
  app.delete(path, WRITE_ROUTE, async (request, reply) => {
    await deleteDirectory(blobs, await locate(files, request, 'WRITE VOLUME'))
    return reply.code(204).send()
  })
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** @throws INVALID_PARAMETER_VALUE */
function pageSize(value: unknown): number {
  if (value === undefined) return MAX_PAGE
  if (typeof value === 'string' && /^\d{1,9}$/.test(value) && value !== '0')
    return Math.min(Number(value), MAX_PAGE)
  throw invalid("Invalid value for parameter 'page_size': pass an integer from 1 to 1000.")
}
