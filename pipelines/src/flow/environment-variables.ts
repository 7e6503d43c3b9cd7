import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { isJobCode } from './placement.js'

export type Variables = Readonly<Record<string, string>>

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/
const MAX_VARIABLES = 100
/** Set for every process of a task. */
const RESERVED =
  /^(CAIRN_.*|DATABRICKS_.*|MLFLOW_(TRACKING_.*|REGISTRY_URI|RUN_CONTEXT|EXPERIMENT_ID)|PATH|HOME|TMPDIR|USER|LOGNAME|PYTHONPATH)$/

/** A source of variables, with its path for messages. */
interface Source {
  readonly where: string
  readonly variables: unknown
}

/** The environment variables of a task's process, with references. Those of the task take precedence over those of the job. */
export const variablesOf = (job: JobSettings, task: TaskSettings): Variables =>
  Object.assign({}, ...sourcesOf(job, task).map(({ variables }) => variables))

/** @throws INVALID_PARAMETER_VALUE naming the setting, for a variable that cannot be set */
export function checkVariables(job: JobSettings, task: TaskSettings): void {
  checkKey(job, task)
  const sources = sourcesOf(job, task)
  for (const source of sources) checkSource(source)
  const first = sources.find(({ where }) => !where.includes('spark_env_vars'))
  if (first && !isJobCode(task))
    throw invalid(`${first.where}: only tasks that run code of jobs have environment variables.`)
  if (Object.keys(variablesOf(job, task)).length > MAX_VARIABLES)
    throw invalid(`tasks: '${task.task_key}' has more than ${MAX_VARIABLES} environment variables.`)
}

/** @throws INVALID_PARAMETER_VALUE for sets with the same key, and for files */
export function checkVariableSets({ environment_variables = [] }: JobSettings): void {
  const keys = environment_variables.map((one) => one.environment_variables_key)
  const twice = keys.find((key, at) => keys.indexOf(key) !== at)
  if (twice !== undefined) throw invalid(`environment_variables: the key '${twice}' is used twice.`)
  for (const { environment_variables_key: key, spec } of environment_variables) {
    if (spec?.files?.length)
      throw invalid(`environment_variables: '${key}': files is not supported; use variables.`)
    checkSource({ where: `environment_variables: '${key}'`, variables: spec?.variables ?? {} })
  }
}

function checkKey({ environment_variables = [] }: JobSettings, task: TaskSettings) {
  const { task_key, environment_variables_key: key } = task
  if (key === undefined || environment_variables.some((one) => one.environment_variables_key === key)) return
  throw invalid(
    `tasks: '${task_key}': environment_variables_key '${key}' is not one of the job's environment_variables.`,
  )
}

function checkSource({ where, variables }: Source) {
  if (typeof variables !== 'object' || variables === null)
    throw invalid(`${where} is not an object of strings.`)
  for (const [name, value] of Object.entries(variables)) {
    if (!NAME.test(name)) throw invalid(`${where}: '${name}' is not the name of an environment variable.`)
    if (RESERVED.test(name)) throw invalid(`${where}: ${name} is set by the server; choose another name.`)
    if (typeof value !== 'string' || value.length > 10_000 || value.includes('\0'))
      throw invalid(`${where}: ${name} is not a string of at most 10,000 characters.`)
  }
}

/** Later ones take precedence. */
function sourcesOf(job: JobSettings, task: TaskSettings): Source[] {
  const at = `tasks: '${task.task_key}'`
  const named = job.environment_variables?.find(
    (one) => one.environment_variables_key === task.environment_variables_key,
  )
  const cluster = clusterOf(job, task)
  const sources = [
    { where: `${at}: spark_env_vars`, variables: cluster?.spark_env_vars },
    { where: `${at}: environment_variables_key`, variables: named?.spec?.variables },
    { where: `${at}: environment_variables`, variables: task.environment_variables },
  ]
  return sources.filter(({ variables }) => variables !== undefined)
}

/** Clusters have no effect except for their environment variables. */
function clusterOf(job: JobSettings, task: TaskSettings) {
  const { new_cluster, job_cluster_key } = task
  const clusters = Array.isArray(job.job_clusters) ? (job.job_clusters as unknown[]) : []
  const shared = clusters.map(asCluster).find((one) => one?.job_cluster_key === job_cluster_key)
  return (
    asCluster(new_cluster) ?? (job_cluster_key === undefined ? undefined : asCluster(shared?.new_cluster))
  )
}

interface Cluster {
  readonly job_cluster_key?: unknown
  readonly new_cluster?: unknown
  readonly spark_env_vars?: unknown
}

const asCluster = (value: unknown): Cluster | undefined =>
  typeof value === 'object' && value !== null ? (value as Cluster) : undefined
