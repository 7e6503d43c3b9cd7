import type { FileInfo, ListArtifacts } from '@cairn/platform/protocol/artifacts'
import type { ListLoggedModelArtifacts } from '@cairn/platform/protocol/logged-models'
import { call, queryString } from './call.js'
import { send } from './http.js'

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

export const getArtifact = async (root: ArtifactRoot, path: string, signal?: AbortSignal) =>
  (await send(artifactUrl(root, path), signal ? { signal } : {})).blob()
