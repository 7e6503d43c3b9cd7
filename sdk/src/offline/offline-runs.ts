import { existsSync, statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type LogSummary, type RunStart, summarizeLog } from './log-summary.js'
import { isAlive, isThisMachine } from './process-identity.js'
import { readSyncState, type SyncState } from './sync-journal.js'

/** A run that was logged to a folder, and how much of it `server` has. */
export interface OfflineRun {
  readonly folder: string
  readonly summary: LogSummary
  readonly state: SyncState
  /** True if its process is still logging. */
  readonly live: boolean
  /** True if the server has the complete run. */
  readonly done: boolean
}

/**
 * Lists the runs in a folder for `cairn sync`, with what is left to send to `server`, parents before their children.
 * `onIncomplete` is called for folders whose process died before it had written the first line of the log.
 */
export async function listOfflineRuns(
  folder: string,
  server: string,
  onIncomplete: (runFolder: string) => void = () => {},
): Promise<OfflineRun[]> {
  const names = await readdir(folder)
  const runs: OfflineRun[] = []
  for (const name of names.sort()) {
    const runFolder = join(folder, name)
    if (!existsSync(join(runFolder, 'log.jsonl'))) continue
    let found = await summarizeLog(runFolder)
    const live = found !== undefined && !found.end && isStillRunning(runFolder, found.start)
    // The process may have written its last lines while the log was read; now that it has ended, the log is complete.
    if (!live && !found?.end) found = await summarizeLog(runFolder)
    if (!found) {
      onIncomplete(runFolder)
      continue
    }
    const state = await readSyncState(runFolder, server)
    runs.push({ folder: runFolder, summary: found, state, live, done: state.doneAt === found.logBytes })
  }
  return parentsFirst(runs)
}

/** Checks the process; on another machine or in another container, the age of the log decides. */
function isStillRunning(runFolder: string, { process }: RunStart): boolean {
  if (isThisMachine(process)) return isAlive(process)
  return Date.now() - statSync(join(runFolder, 'log.jsonl')).mtimeMs < LOG_SILENCE_MS
}

/** A run of another machine counts as ended when its log has not grown for this long, longer than most epochs. */
const LOG_SILENCE_MS = 10 * 60_000

function parentsFirst(runs: readonly OfflineRun[]): OfflineRun[] {
  const byId = new Map(runs.map((run) => [run.summary.start.id, run]))
  const depth = (run: OfflineRun, seen = 0): number => {
    const parent = run.summary.start.parent
    const above = parent && 'offline' in parent ? byId.get(parent.offline) : undefined
    return above && seen < runs.length ? 1 + depth(above, seen + 1) : 0
  }
  const order = (run: OfflineRun) => [depth(run), run.summary.start.start_time] as const
  return runs.toSorted((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1])
}

/** Deletes the local copy of a run. */
export const removeOfflineRun = (run: OfflineRun): Promise<void> => rm(run.folder, { recursive: true })
