import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AuditEvent, type AuditQuery, listAudit } from '../api/audit.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { ObjectLink } from '../app/object-link.js'
import { useFormat } from '../i18n/format.js'
import { useAuditWords } from '../server-words/operation-name.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { Status } from '../ui/status.js'
import { AuditEventDialog } from './audit-event-dialog.js'
import './audit.css'

/** Audit events, newest first, in pages. */
export function AuditEvents({ query }: { query: AuditQuery }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<AuditEvent>()
  const audit = useInfiniteQuery({
    queryKey: queryKeys.audit(JSON.stringify(query)),
    queryFn: ({ pageParam, signal }) => listAudit(query, pageParam, signal),
    ...PAGE_TOKENS,
    retry: false,
  })
  const events = audit.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <>
      {audit.isPending && <Skeleton />}
      {audit.isError && <Failure error={audit.error} retry={() => void audit.refetch()} />}
      {audit.data && events.length === 0 && !audit.hasNextPage && (
        <Empty title={t('audit.none')}>{t('audit.noneHelp')}</Empty>
      )}
      {events.length === 0 && audit.hasNextPage && (
        <Empty title={t('audit.noneYet')}>{t('audit.noneYetHelp')}</Empty>
      )}
      {events.length > 0 && <EventsTable events={events} show={setShown} />}
      <MoreButton pages={audit} />
      {shown && <AuditEventDialog event={shown} onClose={() => setShown(undefined)} />}
    </>
  )
}

const TONES = { success: 'ok', denied: 'bad', failed: 'waiting' } as const

interface EventsTableProps {
  readonly events: readonly AuditEvent[]
  readonly show: (event: AuditEvent) => void
}

function EventsTable({ events, show }: EventsTableProps) {
  const { t } = useTranslation()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list audit">
          <thead>
            <tr>
              {(['time', 'outcome', 'principal', 'action', 'object', 'reason'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`audit.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <EventRow key={event.event_id} event={event} show={show} />
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}

function EventRow({ event, show }: { event: AuditEvent; show: EventsTableProps['show'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const words = useAuditWords()
  const outcome = event.outcome as keyof typeof TONES
  return (
    <tr>
      <td className="muted">
        <time dateTime={new Date(event.event_time).toISOString()}>{format.time(event.event_time)}</time>
      </td>
      <td>
        <Status tone={TONES[outcome]}>{t(`audit.${outcome}`)}</Status>
      </td>
      <td>
        {event.user_identity.email || t('audit.nobody')}
        <p className="muted">{event.source_ip_address}</p>
      </td>
      <td>
        <button
          type="button"
          className="link"
          title={event.action_name}
          aria-label={t('audit.details', { action: words.operation(event.action_name) })}
          onClick={() => show(event)}
        >
          {words.operation(event.action_name)}
        </button>{' '}
        {event.count > 1 && <span className="chip">{t('audit.times', { count: event.count })}</span>}
      </td>
      <td>
        {event.object && <ObjectLink object={event.object} />}
        {event.object && <p className="muted">{words.kind(event.object.type)}</p>}
      </td>
      <td className="muted">{event.response.error_message ?? event.reason}</td>
    </tr>
  )
}
