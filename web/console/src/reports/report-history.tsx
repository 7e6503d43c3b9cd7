import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { listReportVersions, type Report } from '../api/reports.js'
import { useFormat } from '../i18n/format.js'
import { Dialog } from '../ui/dialog.js'
import { Failure, Skeleton } from '../ui/states.js'

interface ReportHistoryProps {
  readonly report: Report
  readonly onClose: () => void
}

/** The kept versions of a report, each a link. */
export function ReportHistory({ report: { report_id }, onClose }: ReportHistoryProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const versions = useQuery({
    queryKey: queryKeys.reportVersions(report_id),
    queryFn: ({ signal }) => listReportVersions(report_id, signal),
  })
  return (
    <Dialog title={t('reports.history')} onClose={onClose}>
      {versions.isPending && <Skeleton lines={3} />}
      {versions.isError && <Failure error={versions.error} retry={() => void versions.refetch()} />}
      <ol className="report-versions" reversed>
        {versions.data?.map(({ version, title, created_at, created_by }) => (
          <li key={version}>
            <Link
              to="/reports/$reportId"
              params={{ reportId: report_id }}
              search={{ version: String(version) }}
              onClick={onClose}
            >
              {t('reports.version', { version })}
            </Link>
            <span className="truncate">{title}</span>
            <span className="muted">
              {created_by} · {format.ago(created_at)}
            </span>
          </li>
        ))}
      </ol>
    </Dialog>
  )
}
