export interface MovedFolderRow {
  /** A folder of a moved run, or one above it, in the proxied store. */
  path: string
  run_id: string
  /** The experiment that the run is in now. */
  experiment_id: number
  is_own: 0 | 1
}

export interface MoveSchema {
  moved_folders: MovedFolderRow
}
