import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type JobSettings, resetJob } from '../../api/jobs.js'
import { queryKeys } from '../../api/query-keys.js'
import { Page } from '../../app/page.js'
import { Empty, Failure, Skeleton } from '../../ui/states.js'
import { jobQuery } from '../job-queries.js'
import { JobForm } from './job-form.js'

const route = getRouteApi('/jobs/$jobId/edit')

export function EditJobPage() {
  const { t } = useTranslation()
  const { jobId } = route.useParams()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const job = useQuery({ ...jobQuery(jobId), refetchOnWindowFocus: false })
  const name = job.data?.settings.name || t('jobs.job', { id: jobId })
  const toJob = () => navigate({ to: '/jobs/$jobId', params: { jobId } })
  const submit = async (settings: JobSettings) => {
    await resetJob(Number(jobId), settings)
    for (const queryKey of [queryKeys.job(jobId), queryKeys.jobs()])
      await queries.invalidateQueries({ queryKey })
    await toJob()
  }
  return (
    <Page
      title={t('jobs.editName', { name })}
      breadcrumbs={
        <>
          <Link to="/jobs">{t('nav.jobs')}</Link>
          <span aria-hidden="true">/</span>
          <Link to="/jobs/$jobId" params={{ jobId }}>
            {name}
          </Link>
        </>
      }
    >
      {job.isPending && <Skeleton />}
      {job.isError && <Failure error={job.error} about={{ type: 'job', name: jobId }} />}
      {job.data && job.data.permission_level !== 'CAN_MANAGE' && (
        <Empty title={t('jobForm.mayNotEdit')}>{t('jobForm.mayNotEditHelp')}</Empty>
      )}
      {job.data?.permission_level === 'CAN_MANAGE' && (
        <JobForm
          initial={job.data.settings}
          submitLabel={t('jobForm.save')}
          submit={submit}
          onCancel={() => void toJob()}
        />
      )}
    </Page>
  )
}
