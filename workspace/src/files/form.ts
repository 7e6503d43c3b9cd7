import type { IncomingMessage } from 'node:http'
import { invalid } from '@cairn/platform/errors'
import { receiveBytes } from '@cairn/platform/http/body/receive-bytes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { MAX_IMPORT_BYTES } from './import.js'

const LIMIT_BYTES = MAX_IMPORT_BYTES + 64 * 1024

/** Parses forms, which `WorkspaceClient.workspace.upload` sends, to the same input as JSON. */
export function parseForms(app: FastifyInstance) {
  app.addContentTypeParser(
    /^multipart\/form-data/,
    async (request: FastifyRequest, payload: IncomingMessage) => {
      const { bytes } = await receiveBytes(request, payload, LIMIT_BYTES)
      const headers = { 'content-type': request.headers['content-type']! }
      const form = await new Response(new Uint8Array(bytes), { headers }).formData().catch((cause) => {
        throw invalid('The form is malformed.', { cause })
      })
      const fields = Array.from(form, async ([name, value]) => [
        name,
        typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer()).toString('base64'),
      ])
      const { overwrite, ...rest } = Object.fromEntries(await Promise.all(fields))
      return { ...rest, ...(overwrite !== undefined && { overwrite: overwrite === 'true' }) }
    },
  )
}
