import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Securable } from '../api/catalog.js'
import { useFormat } from '../i18n/format.js'
import { KeyValues } from '../run/key-values.js'
import { Failure, Skeleton } from '../ui/states.js'
import { EditDetails } from './edit-details.js'
import { securableQuery } from './queries.js'

export function Details({ securable }: { securable: Securable }) {
  const { t } = useTranslation()
  const format = useFormat()
  const found = useQuery(securableQuery(securable))
  if (found.isPending) return <Skeleton />
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />
  const { comment, owner, created_at, created_by, updated_at, updated_by } = found.data
  const properties = 'properties' in found.data ? found.data.properties : undefined
  const by = (time: number | null, who: string | null) => (time ? `${format.time(time)} · ${who ?? ''}` : '–')
  const entries: [string, string][] = [
    [t('catalog.owner'), owner],
    [t('catalog.createdBy'), by(created_at, created_by)],
    [t('catalog.updatedBy'), by(updated_at, updated_by)],
  ]
  if ('table_type' in found.data)
    entries.push([t('catalog.format'), `${found.data.table_type} ${found.data.data_source_format}`])
  if ('volume_type' in found.data) entries.push([t('catalog.format'), found.data.volume_type])
  if ('storage_location' in found.data) entries.push([t('catalog.location'), found.data.storage_location])
  return (
    <>
      {comment && <p className="note">{comment}</p>}
      <EditDetails securable={securable} comment={comment ?? ''} properties={properties} />
      <KeyValues title={t('catalog.details')} empty="" entries={entries} keepOrder />
      {properties && (
        <KeyValues
          title={t('catalog.properties')}
          empty={t('catalog.noProperties')}
          entries={Object.entries(properties)}
        />
      )}
    </>
  )
}
