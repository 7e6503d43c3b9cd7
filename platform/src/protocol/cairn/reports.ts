import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Empty, Int64, Required } from '../wire.js'

const REPORTS = '/api/cairn/v1/reports'
const REPORT = `${REPORTS}/{report_id}` as const

const Title = () => Required({ maxLength: 200 })
const Content = () =>
  Type.String({
    maxLength: 100_000,
    description: 'Markdown; blocks of `cairn` are charts and tables of runs',
  })
const ExperimentIds = () =>
  Type.Array(Required({ maxLength: 20 }), {
    maxItems: 100,
    description: 'A shared report can be read by anyone who can read at least one of these experiments.',
  })

export const ReportSummary = Type.Object({
  report_id: Type.String(),
  title: Type.String(),
  /** Name of the principal that owns it. */
  owner: Type.String(),
  /** True if principals other than its owner may read it. */
  shared: Type.Boolean(),
  /** The number of the version, from 1. */
  version: Int64(),
  /** Milliseconds since the epoch. */
  created_at: Int64(),
  updated_at: Int64(),
  /** Name of the principal that saved the last version. */
  updated_by: Type.String(),
})
export type ReportSummary = Static<typeof ReportSummary>

export const Report = Type.Object({
  ...ReportSummary.properties,
  content: Type.String(),
  experiment_ids: Type.Array(Type.String()),
  may_edit: Type.Boolean(),
  /** True if the caller may also share and delete it. */
  may_manage: Type.Boolean(),
})
export type Report = Static<typeof Report>

const Answer = Type.Object({ report: Report })

export const ListReports = operation({
  id: 'listReports',
  method: 'GET',
  path: REPORTS,
  summary:
    'List the reports that the caller may read, the last changed first; `search` is a part of the title',
  right: 'authenticated',
  input: Type.Object({
    search: Type.Optional(Type.String({ maxLength: 200 })),
    editable: Type.Optional(Type.Boolean({ description: 'Only reports that the caller may edit' })),
    max_results: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({ reports: Type.Array(ReportSummary), next_page_token: Type.Optional(Type.String()) }),
})

export const CreateReport = operation({
  id: 'createReport',
  method: 'POST',
  path: REPORTS,
  summary: 'Create a report, which the caller owns',
  right: 'authenticated',
  input: Type.Object({
    title: Title(),
    content: Type.Optional(Content()),
    experiment_ids: Type.Optional(ExperimentIds()),
    shared: Type.Optional(Type.Boolean()),
  }),
  output: Answer,
})

export const GetReport = operation({
  id: 'getReport',
  method: 'GET',
  path: REPORT,
  summary: 'Get a report, or one of its earlier versions',
  right: 'authenticated',
  input: Type.Object({
    report_id: Required(),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  }),
  output: Answer,
})

export const UpdateReport = operation({
  id: 'updateReport',
  method: 'PATCH',
  path: REPORT,
  summary: 'Save a new version of a report, or share it',
  right: 'authenticated',
  input: Type.Object({
    report_id: Required(),
    base_version: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'The version that was edited: a conflict if it is not the last one',
      }),
    ),
    title: Type.Optional(Title()),
    content: Type.Optional(Content()),
    experiment_ids: Type.Optional(ExperimentIds()),
    shared: Type.Optional(Type.Boolean()),
  }),
  output: Answer,
})

export const DeleteReport = operation({
  id: 'deleteReport',
  method: 'DELETE',
  path: REPORT,
  summary: 'Delete a report with its versions',
  right: 'authenticated',
  input: Type.Object({ report_id: Required() }),
  output: Empty,
})

export const ListReportVersions = operation({
  id: 'listReportVersions',
  method: 'GET',
  path: `${REPORT}/versions`,
  summary: 'List the kept versions of a report, the last one first',
  right: 'authenticated',
  input: Type.Object({ report_id: Required() }),
  output: Type.Object({
    versions: Type.Array(
      Type.Object({
        version: Int64(),
        title: Type.String(),
        created_at: Int64(),
        created_by: Type.String(),
      }),
    ),
  }),
})
