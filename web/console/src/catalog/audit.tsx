import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AuditPage, listAudit } from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Segments } from '../ui/segments.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { Status } from '../ui/status.js'

type Which = 'all' | 'allowed' | 'denied'

/** Access decisions on a securable, newest first. */
export function Audit({ name }: { name: string }) {
  const { t } = useTranslation()
  const [which, setWhich] = useState<Which>('all')
  const audit = useInfiniteQuery({
    queryKey: queryKeys.audit(name, which),
    queryFn: ({ pageParam, signal }) =>
      listAudit(
        {
          securable: name,
          ...(which !== 'all' && { allowed: which === 'allowed' }),
          ...(pageParam && { page_token: pageParam }),
        },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    retry: false,
  })
  const events = audit.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <>
      <div>
        <Segments<Which>
          label={t('audit.which')}
          value={which}
          options={(['all', 'allowed', 'denied'] as const).map((value) => ({
            value,
            label: t(`audit.${value}`),
          }))}
          onChange={setWhich}
        />
      </div>
      {audit.isPending && <Skeleton />}
      {audit.isError && <Failure error={audit.error} retry={() => void audit.refetch()} />}
      {audit.data && events.length === 0 && <Empty title={t('audit.none')} />}
      {events.length > 0 && <Events events={events} />}
      {audit.hasNextPage && (
        <button type="button" className="button" onClick={() => void audit.fetchNextPage()}>
          {t('common.more')}
        </button>
      )}
    </>
  )
}

function Events({ events }: { events: AuditPage['events'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list audit">
          <thead>
            <tr>
              <th scope="col">{t('audit.time')}</th>
              <th scope="col">{t('audit.decision')}</th>
              <th scope="col">{t('access.principal')}</th>
              <th scope="col">{t('audit.action')}</th>
              <th scope="col">{t('audit.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <tr key={event.id}>
                <td className="muted">
                  <time title={event.request_id}>{format.time(event.time)}</time>
                </td>
                <td>
                  <Status tone={event.allowed ? 'ok' : 'bad'}>
                    {event.allowed ? t('audit.allow') : t('audit.deny')}
                  </Status>
                </td>
                <td>{event.principal}</td>
                <td>
                  {event.action}
                  <p className="muted">{event.securable}</p>
                </td>
                <td className="muted">{event.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}
