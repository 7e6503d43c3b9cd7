import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AuditQuery, OUTCOMES, type Outcome } from '../api/audit.js'
import { Segments } from '../ui/segments.js'
import { AuditEvents } from './audit-events.js'

/** Audit events on an object and on those in it, newest first. */
export function ObjectAudit({ object }: { object: Pick<AuditQuery, 'securable' | 'object_type'> }) {
  const { t } = useTranslation()
  const [which, setWhich] = useState<Outcome | 'all'>('all')
  return (
    <>
      <div>
        <Segments<Outcome | 'all'>
          label={t('audit.outcome')}
          value={which}
          options={(['all', ...OUTCOMES] as const).map((value) => ({ value, label: t(`audit.${value}`) }))}
          onChange={setWhich}
        />
      </div>
      <AuditEvents query={{ ...object, ...(which !== 'all' && { outcome: which }) }} />
    </>
  )
}
