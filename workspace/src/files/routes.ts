import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  DeleteWorkspaceObject,
  ExportWorkspaceObject,
  GetWorkspaceStatus,
  ImportWorkspaceObject,
  ListWorkspaceObjects,
  MakeWorkspaceDirectory,
  type WorkspaceObject,
} from '@cairn/platform/protocol/databricks/workspace'
import type { FastifyPluginAsync } from 'fastify'
import type { WorkspaceObjectRow } from '../schema.js'
import type { FileAccess } from './access.js'
import type { Contents } from './contents.js'
import { convertContent, fileTypeOf, isExportedAsStored } from './export.js'
import { parseForms } from './form.js'
import { destinationOf, MAX_IMPORT_BYTES, readImport } from './import.js'
import type { NotebookThread } from './notebook-thread.js'
import type { ObjectStore } from './objects.js'
import { isFixed } from './path.js'

export interface FileOptions {
  readonly access: FileAccess
  readonly objects: ObjectStore
  readonly contents: Contents
  readonly notebooks: NotebookThread
}

/** Databricks' workspace API: folders, notebooks and files. */
export const fileRoutes: FastifyPluginAsync<FileOptions> = async (app, options) => {
  const { access, objects } = options
  handle(app, MakeWorkspaceDirectory, async (input, request) => {
    const path = await access.pathOf(input.path, request)
    const decidedOn = await access.requireCreatable(request, path)
    return emptyResponse(objects.makeFolders(path, request.principal, decidedOn))
  })
  handle(app, ListWorkspaceObjects, async (input, request) => {
    const row = await access.require(request, 'READ WORKSPACE', await access.pathOf(input.path, request))
    const rows = row.type === 'DIRECTORY' ? await access.visible(request, await objects.children(row)) : [row]
    const after = input.notebooks_modified_after
    const isWanted = ({ type, modified_at }: WorkspaceObjectRow) =>
      after === undefined || type !== 'NOTEBOOK' || modified_at > after
    const found = rows.filter(isWanted).map((one) => onWire(one, input.return_export_info))
    return found.length > 0 ? { objects: found } : {}
  })
  handle(app, GetWorkspaceStatus, async ({ path, return_export_info }, request) => {
    const normal = await access.pathOf(path, request)
    return onWire(await access.require(request, 'READ WORKSPACE', normal), return_export_info)
  })
  handle(app, DeleteWorkspaceObject, async ({ recursive = false, ...input }, request) => {
    const path = await access.pathOf(input.path, request)
    const row = await access.require(request, 'MANAGE', path)
    if (isFixed(path, request.principal)) throw invalid(`Path (${path}) cannot be deleted.`)
    return emptyResponse(objects.delete(row, recursive))
  })
  await app.register(transferRoutes, options)
}

const transferRoutes: FastifyPluginAsync<FileOptions> = async (app, options) => {
  const { access, objects, contents, notebooks } = options
  parseForms(app)
  handle(app, ImportWorkspaceObject, async (input, request) => {
    const path = await access.pathOf(input.path, request)
    const bytes = fromBase64(input.content)
    const wanted = { path, bytes, format: input.format ?? 'SOURCE', language: input.language }
    const decidedOn = await access.requireWritable(request, destinationOf(wanted))
    const imported = await readImport(wanted, notebooks)
    const options = { overwrite: input.overwrite ?? false, by: request.principal, decidedOn }
    return emptyResponse(
      contents.put(imported.bytes, (stored, hasFreed) =>
        objects.put(imported.path, { ...imported.facts, ...stored }, { ...options, hasFreed }),
      ),
    )
  })
  handle(app, ExportWorkspaceObject, async (input, request, reply) => {
    const row = await access.require(request, 'READ WORKSPACE', await access.pathOf(input.path, request))
    const isAsStored = isExportedAsStored(row, input.format ?? 'SOURCE')
    const file_type = fileTypeOf(row, isAsStored)
    if (input.direct_download) {
      // Keeps browsers from showing the file as a page of this server.
      void reply
        .header('content-type', 'application/octet-stream')
        .header('content-disposition', 'attachment')
      const body = isAsStored
        ? await contents.open(row)
        : await convertContent(row, (await contents.read(row)).toString(), notebooks)
      return reply.send(body) as never
    }
    if (row.size! > MAX_IMPORT_BYTES) throw tooLarge(row.path, row.size!)
    const content = await contents.read(row)
    const exported = isAsStored
      ? content
      : Buffer.from(await convertContent(row, content.toString(), notebooks))
    if (exported.length > MAX_IMPORT_BYTES) throw tooLarge(row.path, exported.length)
    return { content: exported.toString('base64'), file_type }
  })
}

const tooLarge = (path: string, bytes: number) =>
  invalid(`Path (${path}) has ${bytes} bytes: export it with 'direct_download'.`)

const onWire = (
  { object_id, type, path, language, format, size, created_at, modified_at }: WorkspaceObjectRow,
  withFormat = false,
): WorkspaceObject => ({
  ...{ object_id, object_type: type, path, created_at, modified_at, resource_id: String(object_id) },
  ...(language !== null && { language }),
  ...(size !== null && { size }),
  ...(withFormat && format !== null && { repos_export_format: format }),
})

/** @throws INVALID_PARAMETER_VALUE, without quoting the content */
function fromBase64(content: unknown): Buffer {
  if (content === undefined) return Buffer.alloc(0)
  if (typeof content !== 'string') throw invalid("'content' must be a string in Base64.")
  const bytes = Buffer.from(content, 'base64')
  const digits = content.replace(/={1,2}$/, '')
  // Decoding skips characters that are not Base64, which shortens the result.
  if (digits.length % 4 === 1 || bytes.length !== Math.floor((digits.length * 3) / 4))
    throw invalid("'content' is not valid Base64.")
  return bytes
}
