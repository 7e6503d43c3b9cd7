export interface EventRow {
  /** Without gaps, in the order of commits: `event_log` is locked from giving out the number to the commit. */
  id: number
  /** Random, the same for all rows of one append; with `id` a position that no other history has. */
  stamp: string
  time: number
  /** What changed: rows of one subject may be merged into the newest. */
  subject: string
  /** JSON of a `Change`; empty where something may be missing in this log. */
  change: string
  /** JSON of the securable to ask a right on; null for what is decided on the metastore. */
  guard: string | null
}

export interface EventSchema {
  event_log: { only_row: number; last_id: number }
  events: EventRow
  /** Processes that may have committed changes which are not in the log yet. */
  event_writers: { holder: string; beats: number }
}
