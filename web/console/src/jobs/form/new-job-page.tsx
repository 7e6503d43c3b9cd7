import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { createJob, type JobSettings } from '../../api/jobs.js'
import { queryKeys } from '../../api/query-keys.js'
import { Page } from '../../app/page.js'
import { Empty, Failure, Skeleton } from '../../ui/states.js'
import { jobQuery, mayCreateJobQuery } from '../job-queries.js'
import { withPause } from '../job-settings.js'
import { JobForm } from './job-form.js'
import { NEW_JOB } from './tasks.js'

const route = getRouteApi('/jobs/new')

/** Creates a job, from scratch or as a copy of another. */
export function NewJobPage() {
  const { t } = useTranslation()
  const { from } = route.useSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayCreate = useQuery(mayCreateJobQuery)
  const origin = useQuery({ ...jobQuery(from ?? ''), enabled: from !== undefined })
  const initial =
    from === undefined ? NEW_JOB : origin.data && copyOf(origin.data.settings, t('jobForm.copyOf'))
  const submit = async (settings: JobSettings) => {
    const { job_id } = await createJob(settings)
    void queries.invalidateQueries({ queryKey: queryKeys.jobs() })
    await navigate({ to: '/jobs/$jobId', params: { jobId: String(job_id) } })
  }
  return (
    <Page title={t('jobs.newJob')} breadcrumbs={<Link to="/jobs">{t('nav.jobs')}</Link>}>
      {mayCreate.isPending && <Skeleton />}
      {mayCreate.isError && <Failure error={mayCreate.error} retry={() => void mayCreate.refetch()} />}
      {mayCreate.data === false && <Empty title={t('jobForm.mayNot')}>{t('jobForm.mayNotHelp')}</Empty>}
      {origin.isError && <Failure error={origin.error} retry={() => void origin.refetch()} />}
      {mayCreate.data &&
        (initial ? (
          <JobForm
            initial={initial}
            submitLabel={t('common.create')}
            submit={submit}
            onCancel={() => void navigate({ to: '/jobs' })}
          />
        ) : (
          !origin.isError && <Skeleton />
        ))}
    </Page>
  )
}

/** Its schedule starts paused, so that the copy does not run beside the original unnoticed. */
const copyOf = (settings: JobSettings, suffix: string): JobSettings => ({
  ...settings,
  ...withPause(settings, true),
  name: `${settings.name ?? ''} ${suffix}`.trim(),
})
