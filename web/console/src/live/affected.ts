import type { Change } from '@cairn/platform/protocol/events'

type Key = readonly unknown[]

/** What of a change of each kind shows in which queries, by the first words of their keys. */
export function affects(change: Change, key: Key): boolean {
  const is = (...words: Key) => words.every((word, i) => key[i] === word)
  switch (change.type) {
    case 'experiment':
      return (
        is('experiments') || [`experiment`, 'runs', 'activity'].some((page) => is(page, change.experiment_id))
      )
    case 'run':
      return is('run', change.run_id) || ['runs', 'activity'].some((page) => is(page, change.experiment_id))
    case 'metrics':
      return is('run', change.run_id) || is('runs', change.experiment_id) || isHistoryOf(change, key)
    case 'registered_model':
    case 'model_version':
    case 'model_alias':
      return is('models') || is('versions-of-run') || MODEL_PAGES.some((page) => is(page, change.name))
    case 'endpoint':
      return is('endpoints') || is('endpoint', change.name)
    case 'job_run':
      return is('job-runs') || JOB_PAGES.some((page) => is(page, change.run_id))
  }
}

const JOB_PAGES = ['job-run', 'job-progress']
const MODEL_PAGES = ['model', 'versions', 'promotions', 'gate']

function isHistoryOf({ run_id, keys }: Extract<Change, { type: 'metrics' }>, [page, metric, runs]: Key) {
  return (
    page === 'history' &&
    (!keys || keys.includes(metric as string)) &&
    (runs as readonly string[]).includes(run_id)
  )
}

const LIVE_PAGES = new Set([
  ...['experiments', 'experiment', 'runs', 'run', 'activity', 'history'],
  ...['models', 'versions-of-run', ...MODEL_PAGES],
  ...['endpoints', 'endpoint', 'job-runs', ...JOB_PAGES],
])

/** Whether any change can show in a query. */
export const isLive = (key: Key) => LIVE_PAGES.has(key[0] as string)
