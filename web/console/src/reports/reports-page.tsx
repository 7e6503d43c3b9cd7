import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { createReport, listReports, type ReportSummary } from '../api/reports.js'
import { Page } from '../app/page.js'
import { useFormat } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { SearchField } from '../ui/search-field.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import './reports.css'

const route = getRouteApi('/reports')

/** The reports that the reader may read. */
export function ReportsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { q = '' } = route.useSearch()
  const reports = useInfiniteQuery({
    queryKey: queryKeys.reports(q),
    queryFn: ({ pageParam, signal }) => listReports(q, pageParam, signal),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
  })
  const create = useMutation({
    mutationFn: () => createReport({ title: t('reports.untitled') }),
    onSuccess: ({ report_id }) => {
      void client.invalidateQueries({ queryKey: queryKeys.reports() })
      void navigate({ to: '/reports/$reportId', params: { reportId: report_id }, search: { edit: 'true' } })
    },
  })
  const all = reports.data?.pages.flatMap((page) => page.reports) ?? []
  return (
    <Page
      title={t('nav.reports')}
      actions={
        <>
          <SearchField
            label={t('reports.search')}
            value={q}
            onChange={(search) => void navigate({ to: '/reports', search: { q: search }, replace: true })}
          />
          <button
            type="button"
            className="button primary"
            disabled={create.isPending}
            onClick={() => create.mutate()}
          >
            <Icon name="plus" />
            {t('reports.create')}
          </button>
        </>
      }
    >
      {create.isError && <Failure error={create.error} />}
      {reports.isPending && <Skeleton />}
      {reports.isError && <Failure error={reports.error} retry={() => void reports.refetch()} />}
      {reports.data && all.length === 0 && (
        <Empty title={q ? t('reports.noMatch', { search: q }) : t('reports.none')} isPermitted={!q}>
          {q ? undefined : t('reports.noneHelp')}
        </Empty>
      )}
      {all.length > 0 && <ReportsList reports={all} />}
      <MoreButton pages={reports} />
    </Page>
  )
}

function ReportsList({ reports }: { readonly reports: readonly ReportSummary[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list reports-list">
          <thead>
            <tr>
              <th scope="col">{t('reports.name')}</th>
              <th scope="col">{t('reports.owner')}</th>
              <th scope="col">{t('reports.readers')}</th>
              <th scope="col">{t('reports.saved')}</th>
            </tr>
          </thead>
          <tbody>
            {reports.map(({ report_id, title, owner, shared, updated_at }) => (
              <tr key={report_id}>
                <th scope="row">
                  <Link to="/reports/$reportId" params={{ reportId: report_id }}>
                    {title}
                  </Link>
                </th>
                <td>{owner}</td>
                <td>{t(shared ? 'reports.shared' : 'reports.private')}</td>
                <td>{format.ago(updated_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}
