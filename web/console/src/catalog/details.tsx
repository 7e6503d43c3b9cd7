import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Securable } from '../api/catalog.js'
import { useFormat } from '../i18n/format.js'
import { KeyValues } from '../run/key-values.js'
import { Fact } from '../ui/fact.js'
import { Failure, Skeleton } from '../ui/states.js'
import { EditDetails } from './edit-details.js'
import { securableQuery } from './queries.js'

export function Details({ securable }: { securable: Securable }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const found = useQuery(securableQuery(securable))
  if (found.isPending) return <Skeleton />
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />
  const { comment, owner, created_at, created_by, updated_at, updated_by } = found.data
  const properties = 'properties' in found.data ? found.data.properties : undefined
  const by = (time: number | null, who: string | null) => (time ? `${format.time(time)} · ${who ?? ''}` : '–')
  const kind =
    'table_type' in found.data
      ? `${found.data.table_type} ${found.data.data_source_format}`
      : 'volume_type' in found.data && found.data.volume_type
  return (
    <>
      {comment && <p className="note">{comment}</p>}
      <EditDetails securable={securable} comment={comment ?? ''} properties={properties} />
      <section className="panel" aria-labelledby={heading}>
        <header>
          <h2 id={heading}>{t('catalog.details')}</h2>
        </header>
        <dl className="body facts">
          <Fact name={t('catalog.owner')}>{owner}</Fact>
          <Fact name={t('catalog.createdBy')}>{by(created_at, created_by)}</Fact>
          <Fact name={t('catalog.updatedBy')}>{by(updated_at, updated_by)}</Fact>
          <Fact name={t('catalog.format')}>{kind}</Fact>
          <Fact name={t('catalog.location')}>
            {'storage_location' in found.data && <code>{found.data.storage_location}</code>}
          </Fact>
        </dl>
      </section>
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
