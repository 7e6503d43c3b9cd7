import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Int64, OneOf, Required } from '../wire.js'

const BASE = '/api/3.0/mlflow/issues'

/** The severities in ascending order. */
export const SEVERITIES = ['not_an_issue', 'low', 'medium', 'high'] as const
const Severity = OneOf(SEVERITIES)
const Status = OneOf(['pending', 'rejected', 'resolved'])

/** A problem found in traces. Assessments of the kind `issue` refer to it. */
export const Issue = Type.Object({
  issue_id: Type.String(),
  experiment_id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  status: Status,
  severity: Type.Optional(Severity),
  root_causes: Type.Optional(Type.Array(Type.String())),
  source_run_id: Type.Optional(Type.String()),
  categories: Type.Optional(Type.Array(Type.String())),
  created_timestamp: Int64(),
  last_updated_timestamp: Int64(),
  created_by: Type.Optional(Type.String()),
  /** The number of traces, only if it was requested. */
  trace_count: Type.Optional(Type.Integer()),
})
export type Issue = Static<typeof Issue>

const Answer = Type.Object({ issue: Issue })

export const CreateIssue = operation({
  id: 'createIssue',
  method: 'POST',
  path: BASE,
  summary: 'Create an issue',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    experiment_id: Required(),
    name: Required({ maxLength: 250 }),
    description: Required(),
    status: Type.Optional(Status),
    severity: Type.Optional(Severity),
    root_causes: Type.Optional(Type.Array(Type.String())),
    source_run_id: Type.Optional(Type.String()),
    categories: Type.Optional(Type.Array(Type.String())),
    created_by: Type.Optional(Type.String({ maxLength: 255 })),
  }),
  output: Answer,
})

export const GetIssue = operation({
  id: 'getIssue',
  method: 'GET',
  path: `${BASE}/{issue_id}`,
  summary: 'Get an issue',
  right: READ_EXPERIMENTS,
  input: Type.Object({ issue_id: Required() }),
  output: Answer,
})

export const UpdateIssue = operation({
  id: 'updateIssue',
  method: 'PATCH',
  path: `${BASE}/{issue_id}`,
  summary: 'Update an issue; empty fields are unchanged',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    issue_id: Required(),
    name: Type.Optional(Type.String({ maxLength: 250 })),
    description: Type.Optional(Type.String()),
    status: Type.Optional(Status),
    severity: Type.Optional(Severity),
  }),
  output: Answer,
})

export const SearchIssues = operation({
  id: 'searchIssues',
  method: 'POST',
  path: `${BASE}/search`,
  summary: 'Search issues, ordered by severity and time, descending',
  right: { ...READ_EXPERIMENTS, filtered: true },
  input: Type.Object({
    experiment_id: Type.Optional(Type.String()),
    filter_string: Type.Optional(Type.String()),
    max_results: Type.Optional(Int64()),
    page_token: Type.Optional(Type.String()),
    include_trace_count: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({
    issues: Type.Optional(Type.Array(Issue)),
    /** Empty on the last page. */
    next_page_token: Type.String(),
  }),
})
