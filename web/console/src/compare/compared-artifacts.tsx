import { useQueries } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type FileInfo, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { compareNaturally } from '../app/natural-order.js'
import { ArtifactPreview } from '../artifacts/artifact-preview.js'
import { seriesStyle } from '../charts/series-style.js'
import { useStableList } from '../charts/use-stable-list.js'
import { type RunRow, runName } from '../runs/row.js'
import '../artifacts/artifacts.css'

/** Each run's files are listed and read. */
const MAX_RUNS = 8
const MAX_FOLDERS = 12

interface ComparedArtifactsProps {
  readonly rows: readonly RunRow[]
  /** The file that is shown of each run. */
  readonly path: string | undefined
  readonly onPath: (path: string) => void
}

/** A file of each run, side by side. Loads when it is opened. */
export function ComparedArtifacts({ rows, path, onPath }: ComparedArtifactsProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(path !== undefined)
  return (
    <details className="panel" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{t('run.artifacts')}</h2>
        {rows.length > MAX_RUNS && (
          <span className="muted">{t('compare.firstRuns', { count: MAX_RUNS })}</span>
        )}
      </summary>
      {open && <SideBySide rows={rows.slice(0, MAX_RUNS)} path={path} onPath={onPath} />}
    </details>
  )
}

function SideBySide({ rows, path, onPath }: ComparedArtifactsProps) {
  const { t } = useTranslation()
  const id = useId()
  const { paths, isPending, has } = usePaths(rows)
  if (paths.length === 0)
    return <p className="body muted">{isPending ? t('common.loading') : t('artifacts.none')}</p>
  return (
    <div className="body compared-artifacts">
      <label htmlFor={id} className="visually-hidden">
        {t('artifacts.choose')}
      </label>
      <select id={id} className="select" value={path ?? ''} onChange={({ target }) => onPath(target.value)}>
        <option value="">{t('artifacts.choose')}</option>
        {paths.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      {path && (
        <ul>
          {rows.map((row, i) => (
            <li key={row.info.run_id}>
              <h3 className="truncate">
                <span className="swatch" style={{ background: seriesStyle(i).colour }} />
                {runName(row.info)}
              </h3>
              {has(i, path) ? (
                <ArtifactPreview root={{ kind: 'run', id: row.info.run_id }} path={path} />
              ) : (
                <p className="muted">{t('compare.noSuchFile')}</p>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** The files of all runs at the top and one folder below. */
function usePaths(rows: readonly RunRow[]) {
  const ids = rows.map(({ info }) => info.run_id)
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
