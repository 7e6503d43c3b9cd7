export interface EventRow {
  /** Has no gaps and follows the order of commits, because `event_log` is locked from the assignment to the commit. */
  id: number
  /** A random text per append. With `id` it is a position that is unique over all histories. */
  stamp: string
  time: number
  /** Rows with the same subject may be coalesced into the newest one. */
  subject: string
  /** JSON of a `Change`; empty for a reset. */
  change: string
  /** JSON of the securable whose right is checked; null for the metastore. */
  guard: string | null
}

export interface EventSchema {
  event_log: { only_row: number; last_id: number }
  events: EventRow
  /** Processes that may have committed changes which are not in the log yet. */
  event_writers: { holder: string; beats: number }
}
