import { existsSync, statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, isOfThisMachine } from './process-identity.js'
import { type RunStart, type Survey, survey } from './survey.js'
import { readSyncState, type SyncState } from './sync-journal.js'

export interface OfflineRun {
  readonly folder: string
  readonly survey: Survey
  readonly state: SyncState
  /** Whether its process still logs. */
  readonly live: boolean
  /** Whether the server has all of it. */
  readonly done: boolean
}

/**
 * The runs in a folder and what is left to send to `server`; parents come before their children. `onUnbegun` is told of
 * folders whose process died before the first line of the log was whole.
 */
export async function listOffline(
  folder: string,
  server: string,
  onUnbegun: (runFolder: string) => void = () => {},
): Promise<OfflineRun[]> {
  const names = await readdir(folder)
  const runs: OfflineRun[] = []
  for (const name of names.sort()) {
    const runFolder = join(folder, name)
    if (!existsSync(join(runFolder, 'log.jsonl'))) continue
    let found = await survey(runFolder)
    const live = found !== undefined && !found.end && mayGrow(runFolder, found.start)
    // The process may have written its last lines while the log was read; now that it is gone, they are all there.
    if (!live && !found?.end) found = await survey(runFolder)
    if (!found) {
      onUnbegun(runFolder)
      continue
    }
    const state = await readSyncState(runFolder, server)
    runs.push({ folder: runFolder, survey: found, state, live, done: state.doneAt === found.logBytes })
  }
  return parentsFirst(runs)
}

/** Whether its process still logs. Of another machine or container only the log can tell. */
function mayGrow(runFolder: string, { process }: RunStart): boolean {
  if (isOfThisMachine(process)) return isAlive(process)
  return Date.now() - statSync(join(runFolder, 'log.jsonl')).mtimeMs < SILENCE_MS
}

/** How long a log elsewhere is silent before its run counts as ended: longer than most epochs. */
const SILENCE_MS = 10 * 60_000

function parentsFirst(runs: readonly OfflineRun[]): OfflineRun[] {
  const byId = new Map(runs.map((run) => [run.survey.start.id, run]))
  const depth = (run: OfflineRun, seen = 0): number => {
    const parent = run.survey.start.parent
    const above = parent && 'offline' in parent ? byId.get(parent.offline) : undefined
    return above && seen < runs.length ? 1 + depth(above, seen + 1) : 0
  }
  const order = (run: OfflineRun) => [depth(run), run.survey.start.start_time] as const
  return runs.toSorted((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1])
}

/** Removes the local copy. */
export const removeOffline = (run: OfflineRun): Promise<void> => rm(run.folder, { recursive: true })
