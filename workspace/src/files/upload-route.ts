import { Readable } from 'node:stream'
import { invalid } from '@cairn/platform/errors'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { destinationOf, type ImportRequest, MAX_IMPORT_BYTES, readImport } from './import.js'
import type { FileOptions } from './routes.js'

const EDIT = { privilege: 'EDIT WORKSPACE', on: 'directory' } as const

interface Upload {
  Params: { '*': string }
  Querystring: { overwrite?: string }
}

/**
 * Receives uploads of the Databricks CLI and its bundles. The body is the content of a file, or of a notebook, as with the
 * format AUTO. Files are streamed to the store.
 */
export const uploadRoute: FastifyPluginAsync<FileOptions> = async (app, options) => {
  const { access, objects, contents, notebooks } = options
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.post<Upload>('/api/2.0/workspace-files/import-file/*', { config: { right: EDIT } }, async (request) => {
    const path = await access.pathOf(`/${request.params['*']}`, request as FastifyRequest)
    const overwrite = readOverwrite(request.query.overwrite)
    const body = request.body instanceof Readable ? request.body : Readable.from([])
    // The path of a notebook loses its extension, so the content is read before access is decided.
    const small = isNotebookPath(path) ? await readSmall(path, body) : undefined
    const at = small ? destinationOf(small) : path
    const decidedOn = await access.requireWritable(request as FastifyRequest, at)
    const imported = small && (await readImport(small, notebooks))
    await contents.put(imported?.bytes ?? body, (stored, hasFreed) =>
      objects.put(
        at,
        { ...(imported?.facts ?? FILE), ...stored },
        { overwrite, by: request.principal, decidedOn, hasFreed },
      ),
    )
    return {}
  })
}

/** Stops after the limit of imports, so that `readImport` rejects larger contents. */
async function readSmall(path: string, body: Readable): Promise<ImportRequest> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += (chunk as Buffer).length
    chunks.push(chunk as Buffer)
    if (size > MAX_IMPORT_BYTES) break
  }
  return { path, bytes: Buffer.concat(chunks), format: 'AUTO', language: undefined }
}

const FILE = { type: 'FILE', language: null, format: null } as const

/** Returns whether a file with this path may be a notebook, depending on its content. */
const isNotebookPath = (path: string) => /\.(py|sql|scala|r|ipynb)$/i.test(path)

function readOverwrite(text: string | undefined): boolean {
  if (text === undefined || text === '' || text === 'false') return false
  if (text === 'true') return true
  throw invalid("'overwrite' must be true or false.")
}
