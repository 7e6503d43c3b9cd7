export interface RunViewRow {
  view_id: string
  experiment_id: number
  /** A principal's id; `TEAM` for a view of everybody who reads the experiment. */
  owner: string
  name: string
  is_default: 0 | 1
  state: string
  created_by: string
  last_update_time: number
}

/** The owner of the team's views. No principal has this id. */
export const TEAM = ''

export interface RunViewSchema {
  run_views: RunViewRow
}
