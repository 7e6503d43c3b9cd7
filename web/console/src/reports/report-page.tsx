import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { deleteReport, type Report, updateReport } from '../api/reports.js'
import { Page } from '../app/page.js'
import { useFormat } from '../i18n/format.js'
import { ActionMenu, type MenuAction } from '../ui/action-menu.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import { ReportCharts } from './report-charts.js'
import { ReportEditor } from './report-editor.js'
import { ReportHistory } from './report-history.js'
import { reportQuery } from './report-queries.js'
import { ReportText } from './report-text.js'
import { useReportOutput } from './use-report-output.js'
import { useSaveReport } from './use-save-report.js'

const route = getRouteApi('/reports/$reportId')

export function ReportPage() {
  const { t } = useTranslation()
  const { reportId } = route.useParams()
  const { version } = route.useSearch()
  const report = useQuery(reportQuery(reportId))
  const shown = useQuery(reportQuery(reportId, Number(version) || undefined))
  const failed = report.isError ? report : shown.isError ? shown : undefined
  const breadcrumbs = <Link to="/reports">{t('nav.reports')}</Link>
  if (failed)
    return (
      <Page title={t('reports.report')} breadcrumbs={breadcrumbs} failed>
        <Failure error={failed.error} retry={() => void failed.refetch()} />
      </Page>
    )
  if (!report.data || !shown.data)
    return (
      <Page title="…" breadcrumbs={breadcrumbs}>
        <Skeleton />
      </Page>
    )
  return <LoadedReport last={report.data} shown={shown.data} />
}

interface LoadedReportProps {
  readonly last: Report
  /** The last or an earlier version. */
  readonly shown: Report
}

function LoadedReport({ last, shown }: LoadedReportProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { edit } = route.useSearch()
  const { root, charts, isBusy, error, print, save } = useReportOutput(shown.title)
  const to = (search: { edit?: string }) =>
    void navigate({ to: '/reports/$reportId', params: { reportId: last.report_id }, search })
  const isLast = shown.version === last.version
  const isEditing = edit === 'true' && last.may_edit && isLast
  return (
    <Page
      title={shown.title}
      breadcrumbs={<Link to="/reports">{t('nav.reports')}</Link>}
      badges={
        <span className={last.shared ? 'chip accent' : 'chip'}>
          {t(last.shared ? 'reports.shared' : 'reports.private')}
        </span>
      }
      actions={
        !isEditing && (
          <>
            {last.may_edit && isLast && (
              <button type="button" className="button" onClick={() => to({ edit: 'true' })}>
                <Icon name="edit" />
                {t('reports.edit')}
              </button>
            )}
            <button type="button" className="button" disabled={isBusy} onClick={() => void print()}>
              {t('reports.print')}
            </button>
            <button type="button" className="button" disabled={isBusy} onClick={() => void save()}>
              <Icon name="download" />
              {t('reports.export')}
            </button>
            <MoreActions report={last} />
          </>
        )
      }
    >
      {error !== undefined && <Failure error={error} />}
      {!isLast && <EarlierVersion last={last} shown={shown} />}
      <ReportCharts value={charts}>
        {isEditing ? (
          <ReportEditor report={last} onClose={() => to({})} />
        ) : (
          <div ref={root} className="report">
            <p className="muted">
              {t('reports.savedBy', { name: shown.updated_by, time: format.time(shown.updated_at) })}
            </p>
            <ReportText text={shown.content} />
          </div>
        )}
      </ReportCharts>
    </Page>
  )
}

function EarlierVersion({ last, shown }: LoadedReportProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const showLast = () =>
    void navigate({ to: '/reports/$reportId', params: { reportId: last.report_id }, search: {} })
  const restore = useSaveReport(last, last.version, showLast)
  return (
    <div className="notice warn earlier-version no-print">
      <p>{t('reports.isEarlier', { version: shown.version, last: last.version })}</p>
      <button type="button" className="button small" onClick={showLast}>
        {t('reports.showLast')}
      </button>
      {last.may_edit && (
        <button
          type="button"
          className="button small"
          disabled={restore.isPending}
          onClick={() => restore.mutate({ title: shown.title, content: shown.content })}
        >
          {t('reports.restore')}
        </button>
      )}
      {restore.isError && <Failure error={restore.error} />}
    </div>
  )
}

function MoreActions({ report }: { readonly report: Report }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [opened, setOpened] = useState<'history' | 'share' | 'delete'>()
  const close = () => setOpened(undefined)
  const { report_id, title, shared, may_edit, may_manage } = report
  const refreshed = (saved: Report) => {
    client.setQueryData(reportQuery(report_id).queryKey, saved)
    void client.invalidateQueries({ queryKey: queryKeys.reports() })
  }
  const unshare = useMutation({
    mutationFn: () => updateReport({ report_id, shared: false }),
    onSuccess: refreshed,
  })
  const history: MenuAction = {
    ...{ label: t('reports.history'), icon: 'clock' },
    onChoose: () => setOpened('history'),
  }
  const manage: readonly MenuAction[] = [
    shared
      ? { label: t('reports.unshare'), icon: 'eyeOff', onChoose: () => unshare.mutate() }
      : { label: t('reports.share'), icon: 'eye', onChoose: () => setOpened('share') },
    { label: t('edit.delete'), icon: 'trash', danger: true, onChoose: () => setOpened('delete') },
  ]
  return (
    <>
      <ActionMenu actions={[...(may_edit ? [history] : []), ...(may_manage ? manage : [])]} />
      {unshare.isError && <Failure error={unshare.error} />}
      {opened === 'history' && <ReportHistory report={report} onClose={close} />}
      {opened === 'share' && (
        <ConfirmAction
          title={t('reports.shareTitle', { name: title })}
          action={t('reports.share')}
          confirm={async () => refreshed(await updateReport({ report_id, shared: true }))}
          onClose={close}
        >
          {t(report.experiment_ids.length > 0 ? 'reports.shareHelp' : 'reports.shareAllHelp')}
        </ConfirmAction>
      )}
      {opened === 'delete' && (
        <ConfirmAction
          title={t('reports.deleteTitle', { name: title })}
          action={t('edit.delete')}
          confirm={async () => {
            await deleteReport(report_id)
            void client.invalidateQueries({ queryKey: queryKeys.reports() })
            void navigate({ to: '/reports' })
          }}
          onClose={close}
        >
          {t('reports.deleteHelp')}
        </ConfirmAction>
      )}
    </>
  )
}
