import { host } from '#host'
import { Run } from './active-run.js'
import { CairnError } from './cairn-error.js'
import { newUuid } from './host/uuid.js'
import { HttpTransport } from './http.js'
import { SilentSink } from './run/disabled-sink.js'
import { Losses, type RunBehaviour } from './run/loss-reporter.js'
import type { RunSink } from './run/run-sink.js'
import { ServerSink } from './run/server-sink.js'
import { createOnce, first, MARK, markedWith } from './tracking/create-once.js'
import { TrackingClient } from './tracking.js'
import type { RunRecord } from './wire.js'

/**
 * `offline` writes to a folder that `cairn sync` sends later, `auto` does so when no server answers at the start of the
 * run, `disabled` logs nothing.
 */
export type RunMode = 'online' | 'offline' | 'auto' | 'disabled'

export interface RunOptions extends RunBehaviour {
  /** Name of the experiment, created when missing. Default: the parent's, then MLFLOW_EXPERIMENT_NAME. */
  readonly experiment?: string
  readonly name?: string
  readonly tags?: Record<string, string>
  /** Default: the parent's, then CAIRN_MODE, then `online`. */
  readonly mode?: RunMode
  /** Where offline runs are kept. Default: CAIRN_OFFLINE_FOLDER, then `cairn-offline`. */
  readonly folder?: string
  /** The run this one is a child of. Default: the one whose `withRun` surrounds the call; browsers cannot know it. */
  readonly parent?: Run
  /** `false` starts a run of its own inside another. */
  readonly nested?: boolean
  /** Default: the parent's, then one from MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN. */
  readonly client?: TrackingClient
  /** Samples CPU, memory, disk and network every so many milliseconds; off without it. */
  readonly systemMetricsMs?: number
}

/** Nobody answers, or only the proxy in front of a server that is away. */
const NO_SERVER = [0, 502, 503, 504]

const active = host.newContext<Run>()

/** The run whose `withRun` surrounds the caller, across awaits. */
export const currentRun = (): Run | undefined => active?.current()

/**
 * Runs `body` inside a new run and ends the run with it: FINISHED, FAILED with the tag `cairn.error` when it throws, KILLED
 * on SIGINT or SIGTERM. What `body` throws is thrown on.
 */
export async function withRun<T>(options: RunOptions, body: (run: Run) => Promise<T>): Promise<T> {
  const run = await startRun(options)
  let result: T
  try {
    result = await (active ? active.run(run, () => body(run)) : body(run))
  } catch (error) {
    await run.setTags({ 'cairn.error': describe(error) }).catch(() => {})
    // The caller must see why its own code failed, not that the log failed too.
    await run.end('FAILED').catch(() => {})
    throw error
  }
  await run.end('FINISHED')
  return result
}

/** A run that lasts until `end` is called; `withRun` is safer, for it knows when its code throws. */
export async function startRun(options: RunOptions = {}): Promise<Run> {
  const losses = new Losses(options)
  const run = new Run(await openSink(options, losses), losses)
  // Until everything is stored: what a signal ends sooner is lost.
  run.afterEnd(host.whenInterrupted(() => run.end('KILLED')))
  if (options.systemMetricsMs !== undefined)
    run.beforeEnd(
      host.startSystemMetrics((metrics, step) => run.logMetrics(metrics, { step }), options.systemMetricsMs),
    )
  return run
}

export const defaultClient = (): TrackingClient =>
  new TrackingClient(new HttpTransport(host.defaultConnection()))

async function openSink(options: RunOptions, losses: Losses): Promise<RunSink> {
  const parent = options.nested === false ? undefined : (options.parent ?? currentRun())
  const mode = options.mode ?? modeOf(parent) ?? modeFrom(host.environment.CAIRN_MODE)
  if (mode === 'disabled') return new SilentSink(options.name)
  if (mode === 'offline') return openOffline(options, parent)
  try {
    return await openOnServer(options, parent, losses)
  } catch (error) {
    if (mode !== 'auto' || !(error instanceof CairnError) || !NO_SERVER.includes(error.status)) throw error
    host.warn(`${error.message}. The run is logged offline; \`cairn sync\` sends it.`)
    return openOffline(options, parent)
  }
}

function modeOf(parent: Run | undefined): RunMode | undefined {
  if (!parent) return undefined
  if (parent.online) return 'online'
  return parent.folder === undefined ? 'disabled' : 'offline'
}

function modeFrom(text: string | undefined): RunMode {
  const modes: readonly RunMode[] = ['online', 'offline', 'auto', 'disabled']
  const mode = modes.find((one) => one === (text || 'online'))
  if (!mode) throw new TypeError(`CAIRN_MODE is one of ${modes.join(', ')}, not '${text}'`)
  return mode
}

const experimentOf = (options: RunOptions) =>
  options.experiment ?? (host.environment.MLFLOW_EXPERIMENT_NAME || 'Default')

async function openOnServer(options: RunOptions, parent: Run | undefined, losses: Losses): Promise<RunSink> {
  const client = options.client ?? (parent?.online ? parent.client : defaultClient())
  const inherited = options.experiment === undefined && parent?.online ? parent.experimentId : undefined
  const experiment_id = inherited ?? (await client.experiments.ensure(experimentOf(options))).experiment_id
  const mark = newUuid()
  const tags = {
    ...(await host.sourceTags()),
    ...(parent?.online && { 'mlflow.parentRunId': parent.id }),
    ...options.tags,
    [MARK]: mark,
  }
  const record = await createRun(client, { experiment_id, name: options.name, tags, mark })
  return new ServerSink(client, record, (error, lost) => losses.report(error, lost))
}

function createRun(
  { runs }: TrackingClient,
  run: { experiment_id: string; name: string | undefined; tags: Record<string, string>; mark: string },
): Promise<RunRecord> {
  const { experiment_id, name, tags, mark } = run
  return createOnce({
    create: () => runs.create({ experiment_id, tags, ...(name && { run_name: name }) }),
    find: () => first(runs.search({ experiment_ids: [experiment_id], filter: markedWith(mark) })),
  })
}

async function openOffline(options: RunOptions, parent: Run | undefined): Promise<RunSink> {
  const offlineParent = parent?.folder === undefined ? undefined : parent
  return host.openOffline({
    // A run that has no server yet knows its experiment by name.
    experiment: options.experiment ?? offlineParent?.experimentId ?? experimentOf(options),
    folder:
      options.folder ??
      folderAbove(offlineParent) ??
      (host.environment.CAIRN_OFFLINE_FOLDER || 'cairn-offline'),
    tags: { ...(await host.sourceTags()), ...options.tags },
    ...(options.name && { name: options.name }),
    ...(offlineParent && { parent: { offline: offlineParent.id } }),
    ...(parent?.online && { parent: { runId: parent.id } }),
  })
}

/** Children lie beside their parent. */
const folderAbove = (run: Run | undefined) => run?.folder?.replace(/[\\/][^\\/]+$/, '')

function describe(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return text.slice(0, 5000)
}
