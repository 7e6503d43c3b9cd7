import { Readable } from 'node:stream'
import { invalid } from '@cairn/platform/errors'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { MAX_IMPORT_BYTES, readImport } from './import.js'
import type { FileOptions } from './routes.js'

const EDIT = { privilege: 'EDIT WORKSPACE', on: 'directory' } as const

interface Upload {
  Params: { '*': string }
  Querystring: { overwrite?: string }
}

/**
 * Uploads of the Databricks command and its bundles: the body is the content of a file, or of a notebook, as with the format
 * AUTO. A file is streamed to the store.
 */
export const uploadRoute: FastifyPluginAsync<FileOptions> = async (app, { access, objects, contents }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.post<Upload>('/api/2.0/workspace-files/import-file/*', { config: { right: EDIT } }, async (request) => {
    const path = await access.pathOf(`/${request.params['*']}`, request as FastifyRequest)
    const overwrite = readOverwrite(request.query.overwrite)
    await access.requireWritable(request as FastifyRequest, path)
    const body = request.body instanceof Readable ? request.body : Readable.from([])
    const { facts, ...stored } = isNotebookPath(path)
      ? await storeSmall(path, body)
      : { path, facts: FILE, ...(await contents.put(body)) }
    await objects.put(
      stored.path,
      { ...facts, blob_key: stored.blob_key, size: stored.size },
      overwrite,
      request.principal,
    )
    return {}
  })

  async function storeSmall(path: string, body: Readable) {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length
      chunks.push(chunk as Buffer)
      if (bytes > MAX_IMPORT_BYTES) break
    }
    const {
      path: at,
      facts,
      bytes: content,
    } = readImport({
      ...{ path, bytes: Buffer.concat(chunks), format: 'AUTO', language: undefined },
    })
    return { path: at, facts, ...(await contents.put(content)) }
  }
}

const FILE = { type: 'FILE', language: null, format: null } as const

/** Whether the content decides if it is a notebook. */
const isNotebookPath = (path: string) => /\.(py|sql|scala|r|ipynb)$/i.test(path)

function readOverwrite(text: string | undefined): boolean {
  if (text === undefined || text === '' || text === 'false') return false
  if (text === 'true') return true
  throw invalid("'overwrite' must be true or false.")
}
