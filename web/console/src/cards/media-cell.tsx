import { useTranslation } from 'react-i18next'
import { artifactUrl } from '../api/artifacts.js'
import { useText } from '../artifacts/file-part.js'
import { cellText } from '../artifacts/json-table.js'
import { useRunTables } from '../plots/table-file.js'
import { ArtifactImage } from './artifact-image.js'
import type { LoggedMedia } from './logged-media.js'

const TEXT_BYTES = 4_096
const MAX_ROWS = 10
/** Each cell reads its own file. */
const TABLE_BYTES = 1_000_000

interface MediaCellProps {
  readonly runId: string
  /** The name of the run. */
  readonly name: string
  readonly media: LoggedMedia | undefined
  readonly asText: boolean
}

/** A file of a run at a step. */
export function MediaCell({ runId, name, media, asText }: MediaCellProps) {
  const { t } = useTranslation()
  if (!media) return <span className="muted">–</span>
  const root = { kind: 'run', id: runId } as const
  const { path, kind } = media
  const label = t('cards.imageOf', { key: media.key, name, step: media.step })
  const url = artifactUrl(root, path)
  if (asText || kind === 'image')
    return (
      <a href={url} target="_blank" rel="noreferrer">
        {asText ? path : <ArtifactImage root={root} path={media.preview} alt={label} />}
      </a>
    )
  switch (kind) {
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: an artifact has no captions
      return <audio controls preload="none" src={url} aria-label={label} />
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: an artifact has no captions
      return <video controls preload="none" src={url} aria-label={label} />
    case 'text':
      return <TextCell {...{ runId, path }} />
    case 'table':
      return <TableCell {...{ runId, path, label }} />
  }
}

/** The beginning of a text. */
function TextCell({ runId, path }: { runId: string; path: string }) {
  const { data } = useText({ kind: 'run', id: runId }, path, TEXT_BYTES)
  return (
    <pre className="media-text">
      {data?.text}
      {data?.clipped && '…'}
    </pre>
  )
}

/** The first rows of a table. */
function TableCell({ runId, path, label }: { runId: string; path: string; label: string }) {
  const { t } = useTranslation()
  const { tables, isPending } = useRunTables([runId], path, TABLE_BYTES)
  const [table] = tables
  if (!table) return <span className="muted">{t(isPending ? 'common.loading' : 'plots.unreadable')}</span>
  return (
    <table className="list media-table" aria-label={label}>
      <thead>
        <tr>
          {table.columns.map((column, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns may have equal names
            <th scope="col" key={i}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.slice(0, MAX_ROWS).map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity
          <tr key={index}>
            {table.columns.map((_, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the column
              <td key={i}>{cellText(row[i])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
