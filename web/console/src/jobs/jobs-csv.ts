import type { TFunction } from 'i18next'
import { allPages, type Reading } from '../api/all-pages.js'
import { type JobRun, listJobRuns, listJobs } from '../api/jobs.js'
import { type Table, tableOf, timeCell } from '../ui/table.js'
import { triggerText } from './trigger-text.js'

/** All jobs of a search. @throws RequestError */
export async function jobsTable(
  search: string,
  t: TFunction,
  language: string,
  reading: Reading,
): Promise<Table> {
  const pages = await allPages((token) => listJobs(search, token, reading.signal), reading)
  return tableOf(
    pages.flatMap((page) => page.jobs),
    [
      ['job_id', ({ job_id }) => job_id],
      [t('jobs.name'), ({ name }) => name],
      [t('datasets.createdBy'), ({ creator_user_name }) => creator_user_name],
      [t('jobs.lastState'), ({ runs: [last] }) => last?.result ?? last?.state],
      [t('column.start_time'), ({ runs: [last] }) => timeCell(last?.start_time)],
      [t('jobs.trigger'), (job) => triggerText(job, t, language)],
    ],
  )
}

/** The runs of all jobs. @throws RequestError */
export async function jobRunsTable(t: TFunction, reading: Reading): Promise<Table> {
  const pages = await allPages((token) => listJobRuns(token, reading.signal), reading)
  return tableOf(
    pages.flatMap((page) => page.runs),
    [
      ['run_id', ({ run_id }) => run_id],
      ['job_id', ({ job_id }) => job_id],
      [t('column.run_name'), ({ run_name }) => run_name],
      [t('column.status'), ({ state }) => state.result_state ?? state.life_cycle_state],
      [t('column.start_time'), ({ start_time }) => timeCell(start_time)],
      [t('column.end_time'), ({ end_time }) => timeCell(end_time)],
      [t('jobs.startedBy'), ({ creator_user_name }: JobRun) => creator_user_name],
    ],
  )
}
