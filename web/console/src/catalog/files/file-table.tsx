import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../../api/query-keys.js'
import { type DirectoryEntry, deleteEntry, fileUrl } from '../../api/volume-files.js'
import { formatBytes, useFormat } from '../../i18n/format.js'
import { ConfirmAction } from '../../ui/confirm-action.js'
import { CopyButton } from '../../ui/copy.js'
import { Icon } from '../../ui/icon.js'
import { ScrollX } from '../../ui/scroll-x.js'
import { Empty } from '../../ui/states.js'
import { FolderLink } from './folder-path.js'

interface FileTableProps {
  readonly volume: string
  readonly folder: string
  /** The path of the folder. */
  readonly path: string
  readonly entries: readonly DirectoryEntry[]
  readonly mayWrite: boolean
}

/** The folders and files of a folder, which can be opened, downloaded and deleted. */
export function FileTable({ volume, folder, path, entries, mayWrite }: FileTableProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [deleted, setDeleted] = useState<DirectoryEntry>()
  return (
    <>
      {entries.length === 0 ? (
        <Empty title={t('files.none')}>{mayWrite && t('files.noneHelp')}</Empty>
      ) : (
        <Entries {...{ volume, folder, entries }} onDelete={mayWrite ? setDeleted : undefined} />
      )}
      {deleted && (
        <ConfirmAction
          title={t('catalog.deleteName', { name: deleted.name })}
          action={t('catalog.delete')}
          confirm={async () => {
            await deleteEntry(deleted)
            await queries.invalidateQueries({ queryKey: queryKeys.directory(path) })
          }}
          onClose={() => setDeleted(undefined)}
        >
          <p>{t(deleted.is_directory ? 'files.deleteFolderHelp' : 'files.deleteHelp')}</p>
        </ConfirmAction>
      )}
    </>
  )
}

interface EntriesProps extends Pick<FileTableProps, 'volume' | 'folder' | 'entries'> {
  readonly onDelete: ((entry: DirectoryEntry) => void) | undefined
}

/** Folders first. */
function Entries({ volume, folder, entries, onDelete }: EntriesProps) {
  const { t } = useTranslation()
  return (
    <ScrollX>
      <table className="list files-table">
        <thead>
          <tr>
            <th scope="col">{t('catalog.name')}</th>
            <th scope="col" className="number">
              {t('files.size')}
            </th>
            <th scope="col">{t('files.modified')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('files.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {[...entries]
            .sort((a, b) => Number(b.is_directory) - Number(a.is_directory))
            .map((entry) => (
              <Row
                key={entry.path}
                {...{ volume, folder, entry }}
                onDelete={onDelete && (() => onDelete(entry))}
              />
            ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

interface RowProps {
  readonly volume: string
  readonly folder: string
  readonly entry: DirectoryEntry
  readonly onDelete: (() => void) | undefined
}

function Row({ volume, folder, entry, onDelete }: RowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { name, path, is_directory, file_size, last_modified } = entry
  return (
    <tr>
      <th scope="row">
        <Icon name={is_directory ? 'folder' : 'file'} size={14} />
        {is_directory ? (
          <FolderLink volume={volume} folder={folder ? `${folder}/${name}` : name} label={name} />
        ) : (
          <a href={fileUrl(path)} download={name}>
            {name}
          </a>
        )}
      </th>
      <td className="number">{file_size === undefined ? '' : formatBytes(file_size)}</td>
      <td>{last_modified === undefined ? '' : format.time(last_modified)}</td>
      <td className="file-actions">
        <CopyButton text={path} label={t('files.copyPathOf', { name })} />
        {onDelete && (
          <button type="button" className="button ghost small icon-only" onClick={onDelete}>
            <Icon name="trash" size={14} />
            <span className="visually-hidden">{t('catalog.deleteName', { name })}</span>
          </button>
        )}
      </td>
    </tr>
  )
}
