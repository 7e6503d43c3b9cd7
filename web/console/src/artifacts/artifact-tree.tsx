import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ArtifactRoot, type FileInfo, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { pollInterval } from '../app/query-client.js'
import { formatBytes } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { steppedImages } from './stepped-images.js'
import { baseName } from './viewer-kind.js'

const POLL_MS = 5_000
/** Files that are rendered at once. */
const PAGE = 200

interface ArtifactTreeProps {
  readonly root: ArtifactRoot
  readonly selected: string | undefined
  readonly onSelect: (path: string) => void
  readonly path?: string
  /** True if files may still be added. */
  readonly live?: boolean
}

/** The files of a folder. Subfolders are loaded when they are expanded. */
export function ArtifactTree({ root, selected, onSelect, path = '', live = false }: ArtifactTreeProps) {
  const { t } = useTranslation()
  const files = useQuery({
    queryKey: queryKeys.artifacts(root, path),
    queryFn: ({ signal }) => listArtifacts(root, path, signal),
    refetchInterval: (query) => pollInterval(query, () => (live ? POLL_MS : false)),
  })
  if (files.isPending) return <Skeleton lines={path ? 2 : 6} />
  if (files.isError) return <Failure error={files.error} retry={() => void files.refetch()} />
  if (files.data.length === 0)
    return path ? null : <Empty title={t('artifacts.none')} code={'mlflow.log_artifact("notes.md")'} />
  return <Files files={files.data} {...{ root, selected, onSelect, live }} />
}

type FilesProps = Omit<ArtifactTreeProps, 'path'> & { readonly files: readonly FileInfo[] }

/** The first files of a folder, with the selected one; the others on demand. */
function Files({ files, selected, onSelect, ...props }: FilesProps) {
  const { t } = useTranslation()
  const [limit, setLimit] = useState(PAGE)
  const sorted = withoutSteps(files).sort((a, b) => Number(b.is_dir) - Number(a.is_dir))
  const isSelected = ({ path, paths }: TreeFile) =>
    path === selected || (paths?.includes(selected ?? '') ?? false)
  const shown = sorted.filter((file, index) => index < limit || isSelected(file))
  return (
    <ul className="files">
      {shown.map((file) =>
        file.is_dir ? (
          <Folder key={file.path} {...{ file, selected, onSelect, ...props }} />
        ) : (
          <li key={file.path}>
            <button type="button" aria-current={isSelected(file)} onClick={() => onSelect(file.path)}>
              <Icon name="file" size={14} />
              <span className="truncate">{file.name ?? baseName(file.path)}</span>
              <small>
                {file.steps
                  ? t('viewer.images', { count: file.steps })
                  : formatBytes(Number(file.file_size ?? 0))}
              </small>
            </button>
          </li>
        ),
      )}
      {shown.length < sorted.length && (
        <li>
          <button type="button" onClick={() => setLimit(limit + PAGE)}>
            {t('artifacts.more', { shown: shown.length, count: sorted.length })}
          </button>
        </li>
      )}
    </ul>
  )
}

function Folder({
  file,
  root,
  selected,
  onSelect,
  live = false,
}: Omit<ArtifactTreeProps, 'path'> & { file: FileInfo }) {
  const [open, setOpen] = useState(`${selected ?? ''}/`.startsWith(`${file.path}/`))
  return (
    <li>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="folder" size={14} />
        <span className="truncate">{baseName(file.path)}</span>
      </button>
      {open && <ArtifactTree {...{ root, selected, onSelect, live }} path={file.path} />}
    </li>
  )
}

interface TreeFile extends FileInfo {
  readonly name?: string
  /** Number and paths of images with steps. */
  readonly steps?: number
  readonly paths?: readonly string[]
}

/** Images of one key at many steps are one entry. */
function withoutSteps(files: readonly FileInfo[]): TreeFile[] {
  const keys = steppedImages(files.map(({ path }) => path))
  const stepped = new Set([...keys.values()].flatMap((images) => images.map(({ path }) => path)))
  const isCopy = (path: string) => keys.size > 0 && /[+%]compressed\.\w+$/.test(path)
  return [
    ...files.filter(({ path }) => !stepped.has(path) && !isCopy(path)),
    ...[...keys].map(([name, images]): TreeFile => {
      const paths = images.map(({ path }) => path)
      return { path: paths.at(-1)!, is_dir: false, name, steps: images.length, paths }
    }),
  ]
}
