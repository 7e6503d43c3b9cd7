import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { OUTCOMES, type Outcome } from '../api/audit.js'
import { AuditEvents } from '../audit/audit-events.js'
import { Segments } from '../ui/segments.js'

/** Audit events on a securable and on those in it, newest first. */
export function Audit({ name }: { name: string }) {
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
      <AuditEvents query={{ securable: name, ...(which !== 'all' && { outcome: which }) }} />
    </>
  )
}
