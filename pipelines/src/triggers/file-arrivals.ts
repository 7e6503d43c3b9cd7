import { createHash } from 'node:crypto'
import type { FileArrivalTrigger } from '@cairn/platform/protocol/databricks/job-triggers'
import { arePausesOver } from './pauses.js'

/** The files that a trigger has seen, and whether some of them have not started a run yet. */
export interface ObservedFiles {
  /** Short digests of the paths. */
  readonly files: readonly string[]
  readonly arrived: boolean
  /** Milliseconds since the epoch. */
  readonly lastChangeAt: number
  readonly firedAt: number | null
}

export interface FileObservation {
  readonly state: ObservedFiles
  /** The state if no run can start now: the arrival waits. */
  readonly waiting: ObservedFiles
  readonly fires: boolean
}

/**
 * Compares the files of a folder with those seen before. The first observation starts no run. Replaced and deleted files do not
 * count.
 *
 * @param paths of all files in the folder
 */
export function observeFiles(
  trigger: Omit<FileArrivalTrigger, 'url'>,
  before: ObservedFiles | undefined,
  paths: readonly string[],
  now: number,
): FileObservation {
  const files = paths.map(digestOf)
  if (!before) {
    const state = { files, arrived: false, lastChangeAt: now, firedAt: null }
    return { state, waiting: state, fires: false }
  }
  const seen = new Set(before.files)
  const isNew = files.some((file) => !seen.has(file))
  const lastChangeAt = isNew ? now : before.lastChangeAt
  const arrived = before.arrived || isNew
  const fires = arrived && arePausesOver(trigger, { lastChangeAt, firedAt: before.firedAt }, now)
  return {
    state: { files, arrived: arrived && !fires, lastChangeAt, firedAt: fires ? now : before.firedAt },
    waiting: { files, arrived, lastChangeAt, firedAt: before.firedAt },
    fires,
  }
}

/** 48 bits: among 10,000 files, two are equal in one of five million folders. */
const digestOf = (path: string) =>
  createHash('sha256').update(path).digest().subarray(0, 6).toString('base64url')
