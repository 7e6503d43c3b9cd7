import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { useStableList } from '../charts/use-stable-list.js'
import type { VisibleRun } from '../runs/visible-run.js'
import { IMAGES_FOLDER, type LoggedMedia, loggedMedia, MEDIA_FOLDER } from './logged-media.js'

/** Runs whose artifacts are listed, each with a few requests. */
const MAX_RUNS = 50
const MAX_KEYS = 20
const FRESH_MS = 10_000

export interface RunMedia {
  readonly runId: string
  readonly name: string
  readonly color: string
  readonly media: readonly LoggedMedia[]
}

/** The media of runs by key and step. */
export function useMedia(runs: readonly VisibleRun[]) {
  const shown = useMemo(() => runs.slice(0, MAX_RUNS), [runs])
  const results = useQueries({
    queries: shown.map(({ runId }) => ({
      queryKey: queryKeys.artifacts({ kind: 'run', id: runId }, `${IMAGES_FOLDER}, ${MEDIA_FOLDER}`),
      queryFn: ({ signal }: { signal: AbortSignal }) => mediaPaths(runId, signal),
      staleTime: FRESH_MS,
    })),
  })
  const data = useStableList(results.map((result) => result.data))
  const rows = useMemo(
    () =>
      shown.map(({ runId, name, color }, i): RunMedia => {
        const media = loggedMedia(data[i] ?? [])
        return { runId, name, color, media }
      }),
    [shown, data],
  )
  const all = rows.flatMap(({ media }) => media)
  return {
    rows: rows.filter(({ media }) => media.length > 0),
    keys: [...new Set(all.map(({ key }) => key))].sort(),
    steps: [...new Set(all.map(({ step }) => step))].sort((a, b) => a - b),
    isPending: results.some(({ isPending }) => isPending),
    failed: results.find(({ isError, data }) => isError && data === undefined),
  }
}

async function mediaPaths(runId: string, signal: AbortSignal): Promise<string[]> {
  const root = { kind: 'run', id: runId } as const
  const [images, media] = await Promise.all(
    [IMAGES_FOLDER, MEDIA_FOLDER].map((folder) => listArtifacts(root, folder, signal)),
  )
  const folders = media!.filter(({ is_dir }) => is_dir).slice(0, MAX_KEYS)
  const below = await Promise.all(folders.map(({ path }) => listArtifacts(root, path, signal)))
  return [...images!, ...below.flat()].map(({ path }) => path)
}
