import type { FileInfo, ListArtifacts } from '@cairn/platform/protocol/mlflow/artifacts'
import type { ListLoggedModelArtifacts } from '@cairn/platform/protocol/mlflow/logged-models'
import { call, queryString } from './call.js'
import { RequestError, send } from './http.js'

export type { FileInfo }

/** The owner of the files: a run, or a model that a run logged. */
export type ArtifactRoot = { readonly kind: 'run' | 'model'; readonly id: string }

export async function listArtifacts(root: ArtifactRoot, path: string, signal?: AbortSignal) {
  const page =
    root.kind === 'run'
      ? await call<typeof ListArtifacts>(
          'GET /api/2.0/mlflow/artifacts/list',
          { run_id: root.id, ...(path && { path }) },
          signal,
        )
      : await call<typeof ListLoggedModelArtifacts>(
          'GET /api/2.0/mlflow/logged-models/{model_id}/artifacts/directories',
          { model_id: root.id, ...(path && { artifact_directory_path: path }) },
          signal,
        )
  return page.files ?? []
}

/** Files are streamed by raw routes, which are not operations. */
export const artifactUrl = (root: ArtifactRoot, path: string) =>
  root.kind === 'run'
    ? `get-artifact${queryString({ run_id: root.id, path })}`
    : `ajax-api/2.0/mlflow/logged-models/${root.id}/artifacts/files${queryString({ artifact_file_path: path })}`

/** The URL of an HTML page or a PDF for a frame. */
export const embedUrl = (root: ArtifactRoot, path: string) =>
  `embed-artifact${queryString({ [root.kind === 'run' ? 'run_id' : 'model_id']: root.id, path })}`

export const getArtifact = async (root: ArtifactRoot, path: string, signal?: AbortSignal) =>
  (await send(artifactUrl(root, path), signal ? { signal } : {})).blob()

/** Bytes from `start` to before `end`, or the last ones. */
export type Range = { readonly start: number; readonly end: number } | { readonly last: number }

/** A part of a file, and the size of all of it. */
export async function getArtifactPart(root: ArtifactRoot, path: string, range: Range, signal?: AbortSignal) {
  const bytes = 'last' in range ? `-${range.last}` : `${range.start}-${range.end - 1}`
  const init = { headers: { range: `bytes=${bytes}` }, ...(signal && { signal }) }
  try {
    const response = await send(artifactUrl(root, path), init)
    const body = await response.arrayBuffer()
    const [, total] = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? []
    return { bytes: body, total: total === undefined ? body.byteLength : Number(total) }
  } catch (error) {
    if (error instanceof RequestError && error.status === 416) return { bytes: new ArrayBuffer(0), total: 0 }
    throw error
  }
}
