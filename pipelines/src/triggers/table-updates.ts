import type { TableUpdateTrigger } from '@cairn/platform/protocol/databricks/job-triggers'
import { arePausesOver } from './pauses.js'

/** The versions of tables that a trigger has seen, and the updates that have not started a run yet. */
export interface TableVersions {
  /** By name; -1 for a table without data. */
  readonly versions: Readonly<Record<string, number>>
  readonly updated: readonly string[]
  /** Milliseconds since the epoch. */
  readonly lastChangeAt: number
  readonly firedAt: number | null
}

export interface Observation {
  readonly state: TableVersions
  /** The state if no run can start now: the updates wait. */
  readonly waiting: TableVersions
  readonly fires: boolean
}

/** Compares versions with those seen before. The first observation starts no run. */
export function observeTables(
  trigger: TableUpdateTrigger,
  before: TableVersions | undefined,
  versions: Readonly<Record<string, number>>,
  now: number,
): Observation {
  if (!before) {
    const state = { versions, updated: [], lastChangeAt: now, firedAt: null }
    return { state, waiting: state, fires: false }
  }
  const changed = trigger.table_names.filter(
    (name) => before.versions[name] !== undefined && versions[name] !== before.versions[name],
  )
  const updated = [...new Set([...before.updated, ...changed])]
  const lastChangeAt = changed.length > 0 ? now : before.lastChangeAt
  const enough =
    trigger.condition === 'ALL_UPDATED'
      ? trigger.table_names.every((name) => updated.includes(name))
      : updated.length > 0
  const fires = enough && arePausesOver(trigger, { lastChangeAt, firedAt: before.firedAt }, now)
  return {
    state: { versions, lastChangeAt, updated: fires ? [] : updated, firedAt: fires ? now : before.firedAt },
    waiting: { versions, updated, lastChangeAt, firedAt: before.firedAt },
    fires,
  }
}
