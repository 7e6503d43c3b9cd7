import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { auditExportUrl } from '../api/audit.js'
import { Page } from '../app/page.js'
import { Icon } from '../ui/icon.js'
import { AuditEvents } from './audit-events.js'
import { AuditFilters } from './audit-filters.js'
import { queryOf } from './audit-query.js'

/** All audit events, with filters in the URL. */
export function AuditPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const query = queryOf(search)
  return (
    <Page
      title={t('audit.title')}
      actions={(['csv', 'jsonl'] as const).map((format) => (
        <a key={format} className="button" href={auditExportUrl(query, format)} download={`audit.${format}`}>
          <Icon name="download" />
          {t(`audit.${format}`)}
        </a>
      ))}
    >
      <AuditFilters search={search} onChange={(next) => void navigate({ search: next, replace: true })} />
      <AuditEvents query={query} />
    </Page>
  )
}
