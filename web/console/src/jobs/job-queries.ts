import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { destinationNames, getJob, getJobGrid, listJobs, mayCreateJob, previewSchedule } from '../api/jobs.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { pollWhileOffline } from '../app/query-client.js'

const POLL_MS = 5_000

export const jobsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: queryKeys.jobs(search),
    queryFn: ({ pageParam, signal }) => listJobs(search, pageParam || undefined, signal),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  })

export const jobQuery = (id: string) =>
  queryOptions({ queryKey: queryKeys.job(id), queryFn: ({ signal }) => getJob(Number(id), signal) })

export const jobGridQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: queryKeys.jobGrid(id),
    queryFn: ({ pageParam, signal }) => getJobGrid(Number(id), pageParam || undefined, signal),
    ...PAGE_TOKENS,
    refetchInterval: (query) => pollWhileOffline(query, () => POLL_MS),
  })

export const mayCreateJobQuery = queryOptions({
  queryKey: queryKeys.mayCreateJob(),
  queryFn: ({ signal }) => mayCreateJob(signal),
  retry: false,
})

export const scheduleTimesQuery = (quartz_cron_expression: string, timezone_id: string) =>
  queryOptions({
    queryKey: queryKeys.scheduleTimes(quartz_cron_expression, timezone_id),
    queryFn: ({ signal }) => previewSchedule({ quartz_cron_expression, timezone_id }, signal),
    retry: false,
  })

export const destinationNamesQuery = queryOptions({
  queryKey: queryKeys.destinationNames(),
  queryFn: ({ signal }) => destinationNames(signal),
})
