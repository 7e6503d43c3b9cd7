import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type FileInfo, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { compareNaturally } from '../app/natural-order.js'
import { useStableList } from '../charts/use-stable-list.js'

const MAX_FOLDERS = 12

/** The files of all runs at the top and one folder below. */
export function useRunFiles(ids: readonly string[]) {
  const tops = useFolders(ids.map((id) => ({ id, folder: '' })))
  const folders = ids.flatMap((id, i) =>
    (tops.files[i] ?? [])
      .filter(({ is_dir }) => is_dir)
      .slice(0, MAX_FOLDERS)
      .map(({ path }) => ({ id, folder: path })),
  )
  const below = useFolders(folders)
  return useMemo(() => {
    const found = ids.map((id, i) => {
      const nested = folders.flatMap((folder, at) => (folder.id === id ? (below.files[at] ?? []) : []))
      return new Set(
        [...(tops.files[i] ?? []), ...nested].flatMap(({ path, is_dir }) => (is_dir ? [] : [path])),
      )
    })
    return {
      paths: [...new Set(found.flatMap((paths) => [...paths]))].sort(compareNaturally),
      isPending: tops.isPending || below.isPending,
      has: (run: number, path: string) => found[run]?.has(path) ?? false,
    }
  }, [tops.files, below.files, tops.isPending, below.isPending, ids, folders])
}

function useFolders(wanted: readonly { readonly id: string; readonly folder: string }[]) {
  const results = useQueries({
    queries: wanted.map(({ id, folder }) => {
      const root = { kind: 'run', id } as const
      return {
        queryKey: queryKeys.artifacts(root, folder),
        queryFn: ({ signal }: { signal: AbortSignal }) => listArtifacts(root, folder, signal),
        staleTime: 10_000,
      }
    }),
  })
  const files: readonly (FileInfo[] | undefined)[] = useStableList(results.map(({ data }) => data))
  return { files, isPending: results.some(({ isPending }) => isPending) }
}
