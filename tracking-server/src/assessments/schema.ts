export interface AssessmentRow {
  assessment_id: string
  trace_id: string
  name: string
  kind: 'feedback' | 'expectation' | 'issue'
  value: string
  error: string | null
  created_timestamp: number
  last_updated_timestamp: number
  source_type: string
  source_id: string | null
  span_id: string | null
  rationale: string | null
  overrides: string | null
  valid: 0 | 1
  metadata: string | null
  session: string | null
  position: number
}
