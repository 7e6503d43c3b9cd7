export interface IssueRow {
  issue_id: string
  experiment_id: number
  name: string
  description: string
  status: string
  severity: string | null
  root_causes: string
  source_run_id: string | null
  categories: string
  created_timestamp: number
  last_updated_timestamp: number
  created_by: string | null
}

export interface IssueSchema {
  issues: IssueRow
}
