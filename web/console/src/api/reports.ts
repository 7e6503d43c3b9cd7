import type {
  CreateReport,
  DeleteReport,
  GetReport,
  ListReports,
  ListReportVersions,
  Report,
  ReportSummary,
  UpdateReport,
} from '@cairn/platform/protocol/cairn/reports'
import type { Input } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { Report, ReportSummary }

export const listReports = (search: string, page_token: string, signal?: AbortSignal) =>
  call<typeof ListReports>(
    'GET /api/cairn/v1/reports',
    { ...(search && { search }), ...(page_token && { page_token }) },
    signal,
  )

/** Lists the reports that the caller may edit. */
export const listEditableReports = (page_token: string | undefined, signal?: AbortSignal) =>
  call<typeof ListReports>(
    'GET /api/cairn/v1/reports',
    { editable: true, max_results: 100, ...(page_token && { page_token }) },
    signal,
  )

export const createReport = async (report: Input<typeof CreateReport>) =>
  (await call<typeof CreateReport>('POST /api/cairn/v1/reports', report)).report

/** @param version default: the latest */
export const getReport = async (report_id: string, version?: number, signal?: AbortSignal) =>
  (
    await call<typeof GetReport>(
      'GET /api/cairn/v1/reports/{report_id}',
      { report_id, ...(version !== undefined && { version }) },
      signal,
    )
  ).report

export const updateReport = async (change: Input<typeof UpdateReport>) =>
  (await call<typeof UpdateReport>('PATCH /api/cairn/v1/reports/{report_id}', change)).report

export const deleteReport = (report_id: string) =>
  call<typeof DeleteReport>('DELETE /api/cairn/v1/reports/{report_id}', { report_id })

export const listReportVersions = async (report_id: string, signal?: AbortSignal) =>
  (
    await call<typeof ListReportVersions>(
      'GET /api/cairn/v1/reports/{report_id}/versions',
      { report_id },
      signal,
    )
  ).versions
