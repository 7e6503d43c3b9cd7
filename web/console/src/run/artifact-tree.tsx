import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ArtifactRoot, type FileInfo, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { formatBytes } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'

interface ArtifactTreeProps {
  readonly root: ArtifactRoot
  readonly selected: string | undefined
  readonly onSelect: (path: string) => void
  readonly path?: string
}

/** The files of a folder. Subfolders are loaded when they are expanded. */
export function ArtifactTree({ root, selected, onSelect, path = '' }: ArtifactTreeProps) {
  const { t } = useTranslation()
  const files = useQuery({
    queryKey: queryKeys.artifacts(root, path),
    queryFn: ({ signal }) => listArtifacts(root, path, signal),
  })
  if (files.isPending) return <Skeleton lines={path ? 2 : 6} />
  if (files.isError) return <Failure error={files.error} retry={() => void files.refetch()} />
  if (files.data.length === 0)
    return path ? null : <Empty title={t('artifacts.none')} code={'mlflow.log_artifact("notes.md")'} />
  return (
    <ul className="files">
      {[...files.data]
        .sort((a, b) => Number(b.is_dir) - Number(a.is_dir))
        .map((file) =>
          file.is_dir ? (
            <Folder key={file.path} file={file} root={root} selected={selected} onSelect={onSelect} />
          ) : (
            <li key={file.path}>
              <button type="button" aria-current={file.path === selected} onClick={() => onSelect(file.path)}>
                <Icon name="file" size={14} />
                <span className="truncate">{baseName(file.path)}</span>
                <small>{formatBytes(Number(file.file_size ?? 0))}</small>
              </button>
            </li>
          ),
        )}
    </ul>
  )
}

function Folder({ file, root, selected, onSelect }: Omit<ArtifactTreeProps, 'path'> & { file: FileInfo }) {
  const [open, setOpen] = useState(selected?.startsWith(`${file.path}/`) ?? false)
  return (
    <li>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="folder" size={14} />
        <span className="truncate">{baseName(file.path)}</span>
      </button>
      {open && <ArtifactTree root={root} path={file.path} selected={selected} onSelect={onSelect} />}
    </li>
  )
}

export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1)
