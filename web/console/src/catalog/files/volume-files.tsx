import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../../api/query-keys.js'
import { listDirectory } from '../../api/volume-files.js'
import { CopyButton } from '../../ui/copy.js'
import { MoreButton } from '../../ui/more-button.js'
import { Empty, Failure, Skeleton } from '../../ui/states.js'
import { mayWriteFilesQuery, volumeQuery } from '../queries.js'
import { AddFiles } from './add-files.js'
import { FileTable } from './file-table.js'
import { FolderPath } from './folder-path.js'
import { UploadList } from './upload-list.js'
import { useUploads } from './use-uploads.js'
import './files.css'

const route = getRouteApi('/catalog/volumes/$name')

/** The files of a managed volume by folder, and uploads to it. */
export function VolumeFiles({ volume }: { volume: string }) {
  const { t } = useTranslation()
  const found = useQuery(volumeQuery(volume))
  if (found.isPending) return <Skeleton />
  if (found.isError)
    return (
      <Failure
        error={found.error}
        retry={() => void found.refetch()}
        about={{ type: 'volume', name: volume }}
      />
    )
  if (found.data.volume_type === 'EXTERNAL')
    return <Empty title={t('files.external')}>{found.data.storage_location}</Empty>
  return <Folder volume={volume} />
}

function Folder({ volume }: { volume: string }) {
  const { t } = useTranslation()
  const heading = useId()
  const { folder = '' } = route.useSearch()
  const root = `/Volumes/${volume.split('.').join('/')}`
  const path = folder ? `${root}/${folder}` : root
  const uploads = useUploads()
  const mayWrite = useQuery(mayWriteFilesQuery(volume)).data ?? false
  const pages = useInfiniteQuery({
    queryKey: queryKeys.directory(path),
    queryFn: ({ pageParam, signal }) => listDirectory(path, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token,
  })
  const entries = pages.data?.pages.flatMap(({ contents }) => contents) ?? []
  const taken = new Set(entries.map(({ name }) => name))
  const add = (files: readonly File[]) => uploads.add(files, path, taken)
  return (
    <>
      <section className="panel" aria-labelledby={heading}>
        <header>
          <h3 id={heading} className="visually-hidden">
            {t('catalog.files')}
          </h3>
          <FolderPath volume={volume} folder={folder} />
          <CopyButton text={path} label={t('files.copyPath')} />
        </header>
        {mayWrite && <AddFiles path={path} onAdd={add} />}
        {pages.isPending && <Skeleton />}
        {pages.isError && (
          <Failure
            error={pages.error}
            retry={() => void pages.refetch()}
            about={{ type: 'volume', name: volume }}
          />
        )}
        {pages.data && <FileTable {...{ volume, folder, path, entries, mayWrite }} />}
        <MoreButton pages={pages} />
      </section>
      <UploadList {...uploads} />
    </>
  )
}
