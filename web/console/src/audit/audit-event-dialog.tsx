import { useTranslation } from 'react-i18next'
import type { AuditEvent } from '../api/audit.js'
import { useFormat } from '../i18n/format.js'
import { useAuditWords } from '../server-words/operation-name.js'
import { Dialog } from '../ui/dialog.js'
import { changeText } from './change-text.js'

interface AuditEventDialogProps {
  readonly event: AuditEvent
  readonly onClose: () => void
}

/** All of one event. */
export function AuditEventDialog({ event, onClose }: AuditEventDialogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const words = useAuditWords()
  const { user_identity: who, response, object } = event
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    [t('audit.action'), `${event.service_name} · ${event.action_name}`],
    [t('audit.time'), format.time(event.event_time)],
    [t('audit.outcome'), t(`audit.${event.outcome as 'success'}`)],
    [t('audit.response'), [response.status_code, response.error_code].filter(Boolean).join(' ')],
    [t('audit.message'), response.error_message],
    [
      t('audit.principal'),
      [who.email || t('audit.nobody'), who.type && words.kind(who.type)].filter(Boolean).join(' · '),
    ],
    [t('audit.authentication'), [who.authentication, who.token_id].filter(Boolean).join(' · ')],
    [t('audit.by.address'), event.source_ip_address],
    [t('audit.userAgent'), event.user_agent],
    [
      t('audit.object'),
      object && [words.kind(object.type), object.name, object.id].filter(Boolean).join(' · '),
    ],
    [t('audit.reason'), event.reason],
    [t('audit.changes'), event.changes.map(changeText).join('\n')],
    ...Object.entries(event.request_params).map(([name, value]) => [name, value] as const),
    [t('audit.requestId'), event.request_id],
    [t('audit.count'), event.count > 1 ? `${event.count} · ${format.time(event.last_time)}` : ''],
  ]
  return (
    <Dialog title={words.operation(event.action_name)} onClose={onClose}>
      <dl className="audit-facts">
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </Dialog>
  )
}
