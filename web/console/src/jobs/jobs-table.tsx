import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { listJobs } from '../api/jobs.js'
import { JobRow } from './job-row.js'

const ROW_PX = 57

type JobPages = InfiniteData<Awaited<ReturnType<typeof listJobs>>>

/** Only rows near the window are rendered; pages are loaded as the end comes into view. */
export function JobsTable({ jobs }: { jobs: UseInfiniteQueryResult<JobPages> }) {
  const { t } = useTranslation()
  const rows = jobs.data!.pages.flatMap((page) => page.jobs)
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(body.current?.offsetTop ?? 0), [])
  const window = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]!.job_id,
    scrollMargin: top,
    overscan: 10,
  })
  const items = window.getVirtualItems()
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  const before = (items[0]?.start ?? top) - top
  const after = window.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <div className="panel">
      <table className="list jobs-table" aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
        <thead>
          <tr>
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
          <Spacer height={before} />
          {items.map(({ index, key }) => (
            <JobRow key={key} job={rows[index]!} index={index} measure={window.measureElement} />
          ))}
          <Spacer height={after} />
        </tbody>
      </table>
    </div>
  )
}

const Spacer = ({ height }: { height: number }) =>
  height > 0 ? (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without cells to focus
    <tr className="spacer" aria-hidden="true">
      <td colSpan={5} style={{ height }} />
    </tr>
  ) : null
