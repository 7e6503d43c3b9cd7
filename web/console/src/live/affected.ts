import type { Change } from '@cairn/platform/protocol/cairn/events'
import { keyStartsWith, queryKeys } from '../api/query-keys.js'

type Key = readonly unknown[]

/** Returns whether a change may alter the result of the query with this key. */
export const affects = (change: Change, key: Key): boolean =>
  prefixesOf(change).some((prefix) => keyStartsWith(key, prefix)) ||
  (change.type === 'metrics' && isHistoryOf(change, key)) ||
  ((change.type === 'metrics' || change.type === 'run') && isComparisonOf(change.run_id, key))

function prefixesOf(change: Change): Key[] {
  switch (change.type) {
    case 'experiment':
      return [
        queryKeys.experiments(),
        queryKeys.experiment(change.experiment_id),
        queryKeys.runs(change.experiment_id),
        queryKeys.runGroups(change.experiment_id),
        queryKeys.runCount(change.experiment_id),
        queryKeys.activity(change.experiment_id),
      ]
    case 'run':
      return runPrefixes(change)
    case 'metrics':
      return [
        queryKeys.run(change.run_id),
        queryKeys.runs(change.experiment_id),
        queryKeys.runGroups(change.experiment_id),
        queryKeys.runKeys(change.experiment_id),
        queryKeys.loggedModels(change.experiment_id),
        queryKeys.evaluationRuns(change.experiment_id),
      ]
    case 'traces':
      return tracePrefixes(change)
    case 'logged_model':
      return [queryKeys.loggedModels(), queryKeys.loggedModel(change.model_id)]
    case 'evaluation_dataset':
      return [
        queryKeys.evaluationDatasets(),
        queryKeys.evaluationDataset(change.dataset_id),
        queryKeys.evaluationRecords(change.dataset_id),
      ]
    case 'registered_model':
    case 'model_version':
    case 'model_alias':
      return [
        queryKeys.models(),
        queryKeys.prompts(),
        queryKeys.versionsOfRun(),
        queryKeys.model(change.name),
        queryKeys.versions(change.name),
        queryKeys.promotions(change.name),
        queryKeys.aliasMoves(change.name),
        queryKeys.gate(change.name),
      ]
    case 'endpoint':
      return [queryKeys.endpoints(), queryKeys.endpoint(change.name), queryKeys.deployments(change.name)]
    case 'job_run':
      return [
        queryKeys.jobs(),
        queryKeys.jobGrid(),
        queryKeys.jobRuns(),
        queryKeys.jobRun(change.run_id),
        queryKeys.jobProgress(change.run_id),
        queryKeys.iterations(),
        queryKeys.taskOutput(),
        queryKeys.alerts(),
      ]
    case 'alert':
      return [queryKeys.alerts()]
  }
}

function runPrefixes({ experiment_id, run_id }: Extract<Change, { type: 'run' }>): Key[] {
  return [
    queryKeys.usedDatasets(experiment_id),
    queryKeys.datasetRuns(experiment_id),
    queryKeys.evaluationRuns(experiment_id),
    queryKeys.run(run_id),
    queryKeys.comments(run_id),
    queryKeys.mentions(),
    queryKeys.childRuns(experiment_id),
    queryKeys.forks(),
    queryKeys.runs(experiment_id),
    queryKeys.runGroups(experiment_id),
    queryKeys.runCount(experiment_id),
    queryKeys.runKeys(experiment_id),
    queryKeys.activity(experiment_id),
  ]
}

/** Without ids, all traces may have changed. */
function tracePrefixes({ experiment_id, trace_ids }: Extract<Change, { type: 'traces' }>): Key[] {
  const ids = trace_ids?.map((id): [string] => [id]) ?? [[] as []]
  return [
    queryKeys.traces(experiment_id),
    queryKeys.traceCounts(experiment_id),
    queryKeys.traceMetrics(experiment_id),
    queryKeys.evaluationRows(experiment_id),
    ...ids.flatMap((id) => [queryKeys.trace(...id), queryKeys.spans(...id), queryKeys.span(...id)]),
  ]
}

function isHistoryOf({ run_id, keys }: Extract<Change, { type: 'metrics' }>, key: Key) {
  const [, metric, runs] = key as [string, string, readonly string[]]
  return (
    keyStartsWith(key, queryKeys.metricHistory()) && (!keys || keys.includes(metric)) && runs.includes(run_id)
  )
}

const COMPARISONS = [queryKeys.comparedRuns(), queryKeys.comparedKeys()]

/** The runs that a query compares; undefined for other queries. */
export const comparedBy = (key: Key) =>
  COMPARISONS.some((prefix) => keyStartsWith(key, prefix)) ? (key[1] as readonly string[]) : undefined

const isComparisonOf = (runId: string, key: Key) => comparedBy(key)?.includes(runId) ?? false

const LIVE = [
  ...COMPARISONS,
  queryKeys.experiments(),
  queryKeys.experiment(),
  queryKeys.activity(),
  queryKeys.runs(),
  queryKeys.runGroups(),
  queryKeys.runCount(),
  queryKeys.run(),
  queryKeys.childRuns(),
  queryKeys.forks(),
  queryKeys.comments(),
  queryKeys.mentions(),
  queryKeys.metricHistory(),
  queryKeys.traces(),
  queryKeys.evaluationRuns(),
  queryKeys.evaluationRows(),
  queryKeys.prompts(),
  queryKeys.loggedModels(),
  queryKeys.loggedModel(),
  queryKeys.usedDatasets(),
  queryKeys.datasetRuns(),
  queryKeys.evaluationDatasets(),
  queryKeys.evaluationDataset(),
  queryKeys.evaluationRecords(),
  queryKeys.traceCounts(),
  queryKeys.traceMetrics(),
  queryKeys.trace(),
  queryKeys.spans(),
  queryKeys.span(),
  queryKeys.models(),
  queryKeys.model(),
  queryKeys.versions(),
  queryKeys.versionsOfRun(),
  queryKeys.promotions(),
  queryKeys.aliasMoves(),
  queryKeys.gate(),
  queryKeys.endpoints(),
  queryKeys.endpoint(),
  queryKeys.deployments(),
  queryKeys.jobs(),
  queryKeys.jobGrid(),
  queryKeys.jobRuns(),
  queryKeys.jobRun(),
  queryKeys.jobProgress(),
  queryKeys.iterations(),
  queryKeys.taskOutput(),
  queryKeys.alerts(),
]

/** Returns whether some change affects queries with this key. */
export const isLive = (key: Key) => LIVE.some((prefix) => keyStartsWith(key, prefix))
