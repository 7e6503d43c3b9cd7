import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../api/http.js'
import { Page } from '../app/page.js'
import { Icon } from '../ui/icon.js'
import { SaveTable } from '../ui/save-table.js'
import { SearchField } from '../ui/search-field.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { jobsQuery, mayCreateJobQuery } from './job-queries.js'
import { JobRuns } from './job-runs.js'
import { jobRunsTable, jobsTable } from './jobs-csv.js'
import { JobsTable } from './jobs-table.js'
import './jobs.css'

const route = getRouteApi('/jobs')
const DEBOUNCE_MS = 150

export function JobsPage() {
  const { t, i18n } = useTranslation()
  const { q = '', tab } = route.useSearch()
  const navigate = useNavigate()
  const shown = tab === 'runs' ? 'runs' : 'jobs'
  return (
    <Page
      title={t('nav.jobs')}
      actions={
        <>
          {shown === 'jobs' && <FindJob initial={q} />}
          {shown === 'jobs' ? (
            <SaveTable name={t('nav.jobs')} table={(reading) => jobsTable(q, t, i18n.language, reading)} />
          ) : (
            <SaveTable name={t('jobs.runs')} table={(reading) => jobRunsTable(t, reading)} />
          )}
          <NewJob />
        </>
      }
    >
      <Tabs
        label={t('jobs.sections')}
        value={shown}
        tabs={[
          { value: 'jobs', label: t('nav.jobs') },
          { value: 'runs', label: t('jobs.runs') },
        ]}
        onChange={(value) => void navigate({ to: '/jobs', search: { q, tab: value }, replace: true })}
      />
      <TabPanel value={shown}>{shown === 'runs' ? <JobRuns /> : <Jobs search={q} />}</TabPanel>
    </Page>
  )
}

function Jobs({ search }: { search: string }) {
  const { t } = useTranslation()
  const jobs = useInfiniteQuery(jobsQuery(search))
  if (jobs.isPending) return <Skeleton />
  if (isMissing(jobs.error)) return <Empty title={t('jobs.unavailable')} />
  if (jobs.isError) return <Failure error={jobs.error} retry={() => void jobs.refetch()} />
  if (jobs.data.pages[0]!.jobs.length > 0) return <JobsTable jobs={jobs} />
  if (search) return <Empty title={t('jobs.noMatch', { search })} />
  return (
    <Empty title={t('jobs.noJobs')} code="npx cairn demo" isPermitted>
      {t('jobs.noJobsHelp')}
    </Empty>
  )
}

function NewJob() {
  const { t } = useTranslation()
  const mayCreate = useQuery(mayCreateJobQuery)
  if (!mayCreate.data) return null
  return (
    <Link className="button primary" to="/jobs/new">
      <Icon name="plus" />
      {t('jobs.newJob')}
    </Link>
  )
}

function FindJob({ initial }: { initial: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [search, setSearch] = useState(initial)
  const [seen, setSeen] = useState({ shown: initial, written: initial })
  if (seen.shown !== initial) {
    setSeen({ shown: initial, written: initial })
    if (seen.written !== initial) setSearch(initial) // a link or the back button changed it
  }
  useEffect(() => {
    if (search === initial) return
    const typed = setTimeout(() => {
      setSeen({ shown: initial, written: search })
      void navigate({ to: '/jobs', search: { q: search }, replace: true })
    }, DEBOUNCE_MS)
    return () => clearTimeout(typed)
  }, [search, initial, navigate])
  return <SearchField label={t('jobs.search')} value={search} onChange={setSearch} />
}
