import { useQueries } from '@tanstack/react-query'
import { type ArtifactRoot, getArtifactPart, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import type { TableData } from '../artifacts/json-table.js'
import { parseCsv } from '../artifacts/parse-csv.js'
import { parseJson } from '../artifacts/python-json.js'
import { useStableList } from '../charts/use-stable-list.js'
import { toPlottedTable } from './plotted-json.js'
import { isTablePath } from './table-path.js'

/** Larger tables have no plots: a part of one would draw other curves. */
const MAX_BYTES = 20_000_000
/** Tables take several times as much memory as their files. */
const MAX_TOTAL_BYTES = 100_000_000
const FRESH_MS = 10_000
const KEPT_MS = 30_000

/** Reads a table of JSON or CSV. @returns null for another file, and without the file */
async function readTable(
  root: ArtifactRoot,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<TableData | null> {
  // Browsers report each file that is not found on their console; a list is empty.
  const files = await listArtifacts(root, path.slice(0, Math.max(0, path.lastIndexOf('/'))), signal)
  if (!files.some((file) => file.path === path)) return null
  const { bytes, total } = await getArtifactPart(root, path, { start: 0, end: maxBytes }, signal)
  if (total > bytes.byteLength) return null
  const text = new TextDecoder().decode(bytes)
  if (!/\.json$/i.test(path)) return parseCsv(text, /\.tsv$/i.test(path) ? '\t' : '', false)
  try {
    return toPlottedTable(parseJson(text)) ?? null
  } catch {
    return null
  }
}

/** The table at a path in the artifacts of each run. Runs without such a file, or with a larger one, have none. */
export function useRunTables(runIds: readonly string[], path: string, maxBytes = MAX_BYTES) {
  const bytes = Math.min(maxBytes, Math.floor(MAX_TOTAL_BYTES / Math.max(1, runIds.length)))
  const results = useQueries({
    queries: runIds.map((id) => {
      const root = { kind: 'run', id } as const
      return {
        queryKey: queryKeys.artifact(root, path, `table up to ${bytes}`),
        queryFn: ({ signal }: { signal: AbortSignal }) => readTable(root, path, bytes, signal),
        enabled: isTablePath(path),
        staleTime: FRESH_MS,
        gcTime: KEPT_MS,
        retry: false,
        structuralSharing: false,
      }
    }),
  })
  const tables = useStableList(results.map(({ data }) => data ?? undefined))
  return { tables, isPending: isTablePath(path) && results.some(({ isPending }) => isPending) }
}
