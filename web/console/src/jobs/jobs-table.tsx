import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { listJobs } from '../api/jobs.js'
import { RowSpace, useWindowRows } from '../ui/use-window-rows.js'
import { JobRow } from './job-row.js'

const ROW_PX = 57
const COLUMNS = 5

type JobPages = InfiniteData<Awaited<ReturnType<typeof listJobs>>>

/** Only rows near the window are rendered; pages are loaded as the end comes into view. */
export function JobsTable({ jobs }: { jobs: UseInfiniteQueryResult<JobPages> }) {
  const { t } = useTranslation()
  const rows = jobs.data!.pages.flatMap((page) => page.jobs)
  const { body, items, measure, before, after } = useWindowRows({
    count: rows.length,
    rowPx: ROW_PX,
    keyOf: (index) => rows[index]!.job_id,
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  return (
    <div className="panel">
      <table className="list jobs-table" aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t('jobs.name')}</th>
            <th scope="col">{t('jobs.lastRuns')}</th>
            <th scope="col" className="state-column">
              {t('jobs.lastState')}
            </th>
            <th scope="col" className="trigger-column">
              {t('jobs.trigger')}
            </th>
            <th scope="col">
              <span className="visually-hidden">{t('jobs.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          <RowSpace height={before} columns={COLUMNS} />
          {items.map(({ index, key }) => (
            <JobRow key={key} job={rows[index]!} index={index} measure={measure} />
          ))}
          <RowSpace height={after} columns={COLUMNS} />
        </tbody>
      </table>
    </div>
  )
}
