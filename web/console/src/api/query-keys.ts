import type { AccessBox } from './access.js'
import type { ArtifactRoot } from './artifacts.js'
import type { Securable, SecurableType } from './catalog.js'
import type { LogKind } from './deployments.js'
import type { Projection, StepRange } from './runs.js'

/** Called with fewer parts it returns a prefix, which matches every key that starts with it. */
const key =
  <Parts extends readonly unknown[] = []>(name: string) =>
  (...parts: Partial<Parts>): readonly unknown[] => [name, ...parts]

/** Keys of the query cache, by what the query reads. */
export const queryKeys = {
  me: key('me'),
  signInOptions: key('sign-in-options'),
  invite: key<[code: string]>('invite'),
  sessions: key('sessions'),
  tokens: key('tokens'),
  allTokens: key('all-tokens'),
  principals: key<[type: string]>('principals'),
  members: key<[groupId: string]>('members'),
  invites: key('invites'),
  health: key('health'),
  may: key<[type: string, name: string, privilege: string]>('may'),
  experiments: key<[search: string, deleted: boolean]>('experiments'),
  experiment: key<[id: string]>('experiment'),
  /** Number of runs and latest run of an experiment. */
  activity: key<[experimentId: string]>('activity'),
  runs: key<[experimentId: string, filter: string, orderBy: string | undefined, deleted: boolean]>('runs'),
  runCount: key<[experimentId: string, filter: string, deleted: boolean]>('run-count'),
  runKeys: key<[experimentId: string]>('run-keys'),
  /** The groups of runs, or the runs of a group. */
  runGroups: key<[experimentId: string, selection: object]>('run-groups'),
  runViews: key<[experimentId: string]>('run-views'),
  runValues: key<[experimentId: string, kind: string, key: string]>('run-values'),
  filterCount: key<[experimentId: string, filter: string, deleted: boolean]>('filter-count'),
  run: key<[id: string]>('run'),
  metricHistory:
    key<[metric: string, runIds: readonly string[], range: StepRange | undefined, buckets: number]>(
      'metric-history',
    ),
  comparedRuns: key<[runIds: readonly string[], keys: Projection]>('compared-runs'),
  comparedKeys: key<[runIds: readonly string[]]>('compared-keys'),
  childRuns: key<[experimentId: string, parentId: string]>('child-runs'),
  traceCount: key<[experimentId: string, runId: string]>('trace-count'),
  /** Pages of traces. */
  traces: key<[experimentId: string, filter: string, range: string, orderBy: string | undefined]>('traces'),
  traceCounts: key<[experimentId: string, filter: string, range: string]>('trace-counts'),
  traceMetrics: key<[experimentId: string, range: string]>('trace-metrics'),
  trace: key<[id: string]>('trace'),
  spans: key<[traceId: string]>('spans'),
  span: key<[traceId: string, spanId: string]>('span'),
  evaluationRuns: key<[experimentId: string]>('evaluation-runs'),
  evaluationRows: key<[experimentId: string, runId: string | undefined]>('evaluation-rows'),
  prompts: key<[search: string]>('prompts'),
  promptTraces: key<[name: string, version: string]>('prompt-traces'),
  loggedModels: key<[experimentId: string]>('logged-models'),
  loggedModel: key<[id: string]>('logged-model'),
  usedDatasets: key<[experimentId: string]>('used-datasets'),
  datasetRuns: key<[experimentId: string, filter: string]>('dataset-runs'),
  evaluationDatasets: key<[experimentId: string]>('evaluation-datasets'),
  evaluationDataset: key<[id: string]>('evaluation-dataset'),
  evaluationRecords: key<[datasetId: string]>('evaluation-records'),
  artifacts: key<[root: ArtifactRoot, folder: string]>('artifacts'),
  artifact: key<[root: ArtifactRoot, path: string, range: string]>('artifact'),
  models: key<[search: string, shape: 'pages']>('models'),
  model: key<[name: string]>('model'),
  versions: key<[model: string]>('versions'),
  versionsOfRun: key<[runId: string]>('versions-of-run'),
  versionFile: key<[model: string, version: string, path: string]>('version-file'),
  promotions: key<[model: string]>('promotions'),
  aliasMoves: key<[model: string]>('alias-moves'),
  gate: key<[model: string, version: string]>('gate'),
  endpoints: key('endpoints'),
  endpoint: key<[name: string]>('endpoint'),
  mayCreateEndpoint: key('may-create-endpoint'),
  endpointMetrics: key<[name: string]>('endpoint-metrics'),
  drift: key<[endpoint: string]>('drift'),
  deployments: key<[endpoint: string]>('deployments'),
  deploymentChanges: key<[endpoint: string, number: number, against: number]>('deployment-changes'),
  entityLog: key<[endpoint: string, kind: LogKind, entity: string]>('entity-log'),
  inputExample: key<[endpoint: string, version: string]>('input-example'),
  catalogs: key('catalogs'),
  schemas: key<[catalog: string]>('schemas'),
  tables: key<[catalog: string, schema: string]>('tables'),
  volumes: key<[catalog: string, schema: string]>('volumes'),
  directory: key<[path: string]>('directory'),
  mayWriteFiles: key<[volume: string]>('may-write-files'),
  securable: key<[type: SecurableType, name: string]>('securable'),
  rows: key<[table: string]>('rows'),
  grants: key<[securable: Securable]>('grants'),
  effectiveGrants: key<[securable: Securable]>('effective-grants'),
  mayCreateIn: key<[parent: string]>('may-create-in'),
  canManage: key<[securable: Securable]>('can-manage'),
  accessRequests: key<[box: AccessBox, which: 'open' | 'all' | 'count']>('access-requests'),
  accessReview: key<[kind: string, name: string]>('access-review'),
  objectAccess: key<[kind: string, id: string]>('object-access'),
  managesObject: key<[kind: string, id: string]>('manages-object'),
  grantees: key<[type: string, name: string, query: string]>('grantees'),
  teamPlan: key<[answers: string]>('team-plan'),
  audit: key<[query: string]>('audit'),
  alerts: key<[what: 'pages' | 'unread']>('alerts'),
  alertRules: key<[type: string, id: string]>('alert-rules'),
  jobs: key<[search: string]>('jobs'),
  job: key<[id: string]>('job'),
  jobGrid: key<[id: string]>('job-grid'),
  mayCreateJob: key('may-create-job'),
  scheduleTimes: key<[expression: string, zone: string]>('schedule-times'),
  jobRuns: key('job-runs'),
  jobRun: key<[id: string]>('job-run'),
  jobProgress: key<[runId: string]>('job-progress'),
  iterations: key<[taskRunId: number]>('iterations'),
  taskOutput: key<[taskRunId: number]>('task-output'),
  taskLog: key<[runId: string, task: string, iteration: number | undefined]>('task-log'),
}

/** Whether a key starts with the parts of a prefix. Parts are compared by identity. */
export const startsWith = (key: readonly unknown[], prefix: readonly unknown[]) =>
  prefix.every((part, i) => key[i] === part)
