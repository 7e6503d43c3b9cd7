import { host } from '#host'
import { Run } from './active-run.js'
import { CairnError } from './cairn-error.js'
import { readTaskContext, type TaskContext } from './host/task-context.js'
import { HttpTransport } from './http.js'
import { DisabledSink } from './run/disabled-sink.js'
import { type ForkOrigin, forkTags } from './run/fork-tags.js'
import { type LostValueOptions, LostValueReporter } from './run/lost-values.js'
import type { RunSink } from './run/run-sink.js'
import { ServerSink } from './run/server-sink.js'
import { CLIENT_ID_TAG, clientIdFilter, createOnce, firstItem } from './tracking/create-once.js'
import { TrackingClient } from './tracking.js'
import { newUuid } from './uuid.js'
import { type RunRecord, toRows } from './wire.js'

/**
 * `offline` writes to a folder that `cairn sync` uploads later, `auto` does so if no server responds at the start of the
 * run, `disabled` logs nothing.
 */
export type RunMode = 'online' | 'offline' | 'auto' | 'disabled'

export interface RunOptions extends LostValueOptions {
  /** Name of the experiment, created if missing. Default: the parent's, then MLFLOW_EXPERIMENT_NAME or _ID. */
  readonly experiment?: string
  readonly name?: string
  readonly tags?: Record<string, string>
  /** Default: the parent's, then CAIRN_MODE, then `online`. */
  readonly mode?: RunMode
  /** Folder of offline runs. Default: CAIRN_OFFLINE_FOLDER, then `cairn-offline`. */
  readonly folder?: string
  /** The parent run. Default: the run of the enclosing `withRun`; required in browsers, which cannot track it. */
  readonly parent?: Run
  /** `false` starts a run without a parent inside another. */
  readonly nested?: boolean
  /** The run that this one continues with other settings. */
  readonly forkedFrom?: ForkOrigin
  /** Default: the parent's, then a client for MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN. */
  readonly client?: TrackingClient
  /** Interval in milliseconds at which CPU, memory, disk and network are sampled. Default: off. */
  readonly systemMetricsMs?: number
}

/** No response, or a proxy's response for an unreachable server. */
const UNREACHABLE_STATUSES = [0, 502, 503, 504]

const active = host.newContext<Run>()

/** Returns the run of the innermost enclosing `withRun`, across awaits. */
export const currentRun = (): Run | undefined => active?.current()

/**
 * Calls `body` with a new run and ends the run when `body` settles: FINISHED, FAILED with the tag `cairn.error` when it
 * throws, KILLED on SIGINT or SIGTERM. Errors of `body` are rethrown.
 */
export async function withRun<T>(options: RunOptions, body: (run: Run) => Promise<T>): Promise<T> {
  const run = await startRun(options)
  let result: T
  try {
    result = await (active ? active.run(run, () => body(run)) : body(run))
  } catch (error) {
    await run.setTags({ 'cairn.error': describe(error) }).catch(() => {})
    // The error of the caller's code takes precedence over an error of logging.
    await run.end('FAILED').catch(() => {})
    throw error
  }
  await run.end('FINISHED')
  return result
}

/** Starts a run that lasts until `end` is called. `withRun` is safer: it also ends the run when the code throws. */
export async function startRun(options: RunOptions = {}): Promise<Run> {
  const lossReporter = new LostValueReporter(options)
  const run = new Run(await openSink(options, lossReporter), lossReporter)
  // Removed only after the end, when everything is stored; a signal before that must not lose values.
  run.afterEnd(host.onInterrupt(() => run.end('KILLED')))
  if (options.systemMetricsMs !== undefined)
    run.beforeEnd(
      host.startSystemMetrics((metrics, step) => run.logMetrics(metrics, { step }), options.systemMetricsMs),
    )
  return run
}

export const defaultClient = (): TrackingClient =>
  new TrackingClient(new HttpTransport(host.defaultConnection()))

async function openSink(options: RunOptions, lossReporter: LostValueReporter): Promise<RunSink> {
  const parent = options.nested === false ? undefined : (options.parent ?? currentRun())
  const mode = options.mode ?? modeOf(parent) ?? parseMode(host.environment.CAIRN_MODE)
  if (mode === 'disabled') return new DisabledSink(options.name)
  if (mode === 'offline') return openOffline(options, parent)
  try {
    return await openOnServer(options, parent, lossReporter)
  } catch (error) {
    if (mode !== 'auto' || !(error instanceof CairnError) || !UNREACHABLE_STATUSES.includes(error.status))
      throw error
    host.warn(`${error.message}. The run is logged offline; upload it with \`cairn sync\`.`)
    return openOffline(options, parent)
  }
}

function modeOf(parent: Run | undefined): RunMode | undefined {
  if (!parent) return undefined
  if (parent.online) return 'online'
  return parent.folder === undefined ? 'disabled' : 'offline'
}

function parseMode(text: string | undefined): RunMode {
  const modes: readonly RunMode[] = ['online', 'offline', 'auto', 'disabled']
  const mode = modes.find((known) => known === (text || 'online'))
  if (!mode) throw new TypeError(`CAIRN_MODE must be one of ${modes.join(', ')}, not '${text}'`)
  return mode
}

const experimentOf = (options: RunOptions) =>
  options.experiment ?? (host.environment.MLFLOW_EXPERIMENT_NAME || 'Default')

async function openOnServer(
  options: RunOptions,
  parent: Run | undefined,
  lossReporter: LostValueReporter,
): Promise<RunSink> {
  const client = options.client ?? (parent?.online ? parent.client : defaultClient())
  const task = readTaskContext(host.environment)
  const newSink = (record: RunRecord) =>
    new ServerSink(client, record, (error, lost) => lossReporter.report(error, lost))
  if (!parent && task.runId && !resumed.has(task.runId))
    return newSink(await resumeRun(client, task.runId, options))
  const inherited = inheritedExperiment(options, parent, task)
  const experiment_id = inherited ?? (await client.experiments.ensure(experimentOf(options))).experiment_id
  const clientId = newUuid()
  const tags = {
    ...(await host.sourceTags()),
    ...task.tags,
    ...(parent?.online && { 'mlflow.parentRunId': parent.id }),
    ...forkTags(options.forkedFrom),
    ...options.tags,
    [CLIENT_ID_TAG]: clientId,
  }
  return newSink(await createRun(client, { experiment_id, name: options.name, tags, clientId }))
}

/** Runs named by MLFLOW_RUN_ID that this process has resumed. Only its first run resumes one, as in MLflow's clients. */
const resumed = new Set<string>()

async function resumeRun({ runs }: TrackingClient, runId: string, options: RunOptions) {
  const { name, experiment } = options
  const tags = { ...forkTags(options.forkedFrom), ...options.tags }
  // Marked before the first await, so that a run that starts concurrently is a new one.
  resumed.add(runId)
  if (experiment !== undefined)
    host.warn(`The run continues ${runId} in its experiment; the experiment '${experiment}' is ignored.`)
  const record = await runs.get(runId).catch((error) => {
    resumed.delete(runId)
    throw error
  })
  // An earlier attempt of the task may have ended it.
  await runs.update(runId, { status: 'RUNNING', ...(name && { run_name: name }) })
  if (Object.keys(tags).length > 0) await runs.logBatch(runId, { tags: toRows(tags) })
  return record
}

function inheritedExperiment({ experiment }: RunOptions, parent: Run | undefined, task: TaskContext) {
  if (experiment !== undefined) return undefined
  if (parent?.online) return parent.experimentId
  return host.environment.MLFLOW_EXPERIMENT_NAME ? undefined : task.experimentId
}

function createRun(
  { runs }: TrackingClient,
  run: { experiment_id: string; name: string | undefined; tags: Record<string, string>; clientId: string },
): Promise<RunRecord> {
  const { experiment_id, name, tags, clientId } = run
  return createOnce({
    create: () => runs.create({ experiment_id, tags, ...(name && { run_name: name }) }),
    find: () => firstItem(runs.search({ experiment_ids: [experiment_id], filter: clientIdFilter(clientId) })),
  })
}

async function openOffline(options: RunOptions, parent: Run | undefined): Promise<RunSink> {
  const offlineParent = parent?.folder === undefined ? undefined : parent
  return host.openOffline({
    // An offline run identifies its experiment by name.
    experiment: options.experiment ?? offlineParent?.experimentId ?? experimentOf(options),
    folder:
      options.folder ??
      parentFolder(offlineParent) ??
      (host.environment.CAIRN_OFFLINE_FOLDER || 'cairn-offline'),
    tags: { ...(await host.sourceTags()), ...forkTags(options.forkedFrom), ...options.tags },
    ...(options.name && { name: options.name }),
    ...(offlineParent && { parent: { offline: offlineParent.id } }),
    ...(parent?.online && { parent: { runId: parent.id } }),
  })
}

/** Offline children are stored beside their parent. */
const parentFolder = (run: Run | undefined) => run?.folder?.replace(/[\\/][^\\/]+$/, '')

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return text.slice(0, 5000)
}
