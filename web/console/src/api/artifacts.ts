import type { FileInfo, Listing } from '@cairn/platform/protocol/artifacts'
import { getJson, queryString, send } from './http.js'

export type { FileInfo }

/** Where files hang: on a run, or on a model that a run logged. */
export type ArtifactRoot = { readonly kind: 'run' | 'model'; readonly id: string }

const BASE = 'ajax-api/2.0/mlflow'

export async function listArtifacts(root: ArtifactRoot, path: string, signal?: AbortSignal) {
  const page =
    root.kind === 'run'
      ? await getJson<Listing>(`${BASE}/artifacts/list`, { run_id: root.id, path: path || undefined }, signal)
      : await getJson<Listing>(
          `${BASE}/logged-models/${root.id}/artifacts/directories`,
          { artifact_directory_path: path || undefined },
          signal,
        )
  return page.files ?? []
}

export const artifactUrl = (root: ArtifactRoot, path: string) =>
  root.kind === 'run'
    ? `get-artifact${queryString({ run_id: root.id, path })}`
    : `${BASE}/logged-models/${root.id}/artifacts/files${queryString({ artifact_file_path: path })}`

export const getArtifact = async (root: ArtifactRoot, path: string, signal?: AbortSignal) =>
  (await send(artifactUrl(root, path), signal ? { signal } : {})).blob()
