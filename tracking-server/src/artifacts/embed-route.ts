import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import { type ShownBlob, sendBlob } from '@cairn/platform/http/response/send-blob'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { LoggedModelStore } from '../logged-models/store.js'
import type { RunStore } from '../runs/store.js'

interface Options {
  readonly runs: RunStore
  readonly models: LoggedModelStore
  readonly locations: ArtifactLocations
}

/**
 * Lets scripts of reports run, but in a separate origin: they reach neither this server, nor its pages, nor other hosts.
 * `sandbox` applies to the response itself, also outside of the console's frame.
 */
const PAGE = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' data: blob:",
  "style-src 'unsafe-inline' data:",
  'img-src data: blob:',
  'font-src data:',
  'media-src data: blob:',
  'worker-src blob:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ')

const headers = (policy: string) => ({
  'content-security-policy': policy,
  'x-frame-options': 'SAMEORIGIN', // also where the setting forbids frames of other pages
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
})

const SHOWN: Readonly<Record<string, ShownBlob>> = {
  html: { type: 'text/html; charset=utf-8', headers: headers(PAGE) },
  htm: { type: 'text/html; charset=utf-8', headers: headers(PAGE) },
  // The browser's viewer does not work in a sandbox. With the fixed type, the file cannot be a page.
  pdf: { type: 'application/pdf', headers: headers("frame-ancestors 'self'") },
}

/** Sends an HTML page or a PDF for a frame of the console. Other requests receive a download. */
export const embeddedArtifactRoute: FastifyPluginAsync<Options> = async (
  app,
  { runs, models, locations },
) => {
  const config = { right: READ_EXPERIMENTS, names: namesOwner }
  app.get('/embed-artifact', { config, schema: { hide: true } }, async (request, reply) => {
    const { owner, path, shown } = readTarget(request)
    const uri =
      owner.kind === 'run'
        ? (await runs.getRow(owner.id)).artifact_uri
        : (await models.get(owner.id)).info.artifact_uri
    return sendBlob(
      await locations.resolve(uri, path),
      request,
      reply,
      isForFrame(request) ? shown : undefined,
    )
  })
}

/** Browsers send neither header over plain HTTP; the policy of the response protects there. */
const isForFrame = ({ headers }: FastifyRequest) =>
  (headers['sec-fetch-dest'] ?? 'iframe') === 'iframe' &&
  (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin'

/** @throws INVALID_PARAMETER_VALUE naming the parameter */
function readTarget({ query }: FastifyRequest) {
  const { run_id, model_id, path } = query as Record<string, unknown>
  if (typeof path !== 'string' || path === '') throw invalid('Request must specify path.')
  normalizeKey(path) // rejects the path before its owner is read
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  if (!Object.hasOwn(SHOWN, extension))
    throw invalid(`Invalid value for parameter 'path': only files of type html and pdf are shown in a page.`)
  return { owner: ownerOf(run_id, model_id), path, shown: SHOWN[extension]! }
}

function ownerOf(run_id: unknown, model_id: unknown) {
  if ((run_id === undefined) === (model_id === undefined))
    throw invalid('Request must specify either run_id or model_id.')
  const id = run_id ?? model_id
  if (typeof id !== 'string' || id === '') throw invalid('run_id and model_id must be strings.')
  return { kind: run_id === undefined ? 'model' : 'run', id } as const
}

function namesOwner(request: FastifyRequest) {
  const { kind, id } = readTarget(request).owner
  return kind === 'run' ? { run_id: id } : { model_id: id }
}
