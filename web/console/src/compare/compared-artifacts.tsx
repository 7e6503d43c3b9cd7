import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ArtifactPreview } from '../artifacts/artifact-preview.js'
import { useRunFiles } from '../artifacts/use-run-files.js'
import { seriesStyle } from '../charts/series-style.js'
import { type RunRow, runName } from '../runs/row.js'
import { ComparedPlots } from './compared-plots.js'
import '../artifacts/artifacts.css'

/** Each run's files are listed and read. */
const MAX_RUNS = 8

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
  const { paths, isPending, has } = useRunFiles(rows.map(({ info }) => info.run_id))
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
        <ComparedPlots key={path} rows={rows} path={path}>
          <FilesOfRuns rows={rows} path={path} has={has} />
        </ComparedPlots>
      )}
    </div>
  )
}

interface FilesOfRunsProps {
  readonly rows: readonly RunRow[]
  readonly path: string
  readonly has: (run: number, path: string) => boolean
}

function FilesOfRuns({ rows, path, has }: FilesOfRunsProps) {
  const { t } = useTranslation()
  return (
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
  )
}
