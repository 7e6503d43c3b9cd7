import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  CreateReport,
  DeleteReport,
  GetReport,
  ListReports,
  ListReportVersions,
  type Report,
  type ReportSummary,
  UpdateReport,
} from '@cairn/platform/protocol/cairn/reports'
import type { FastifyPluginAsync } from 'fastify'
import type { ReportRow } from '../schema.js'
import type { ReportAccess } from './access.js'
import {
  hasSameExperiments,
  type ReportContent,
  type ReportStore,
  reportConflict,
  type StoredReport,
} from './store.js'

interface Options {
  readonly reports: ReportStore
  readonly access: ReportAccess
  readonly authorizer: Authorizer
}

const DEFAULT_PAGE = 50

/** Reports: Markdown with live charts and tables of runs. */
export const reportRoutes: FastifyPluginAsync<Options> = async (app, { reports, access, authorizer }) => {
  const get = async (id: string, principal: Principal, version?: number) =>
    reports.get(id, await access.readable(principal), version)
  const answer = async (id: string, principal: Principal, version?: number) => {
    const report = await get(id, principal, version)
    const rights = await access.rightsOn(report.row, report.experimentIds, principal)
    const isEarlier = report.version.version !== report.row.version
    access.require(rights.may_edit || !isEarlier, principal, 'read earlier versions of')
    const nameOf = await authorizer.names([report.row.owner])
    return { report: { ...reportOnWire(report, nameOf), ...rights } }
  }
  handle(
    app,
    ListReports,
    async ({ search, editable, max_results = DEFAULT_PAGE, page_token }, { principal }) => {
      const { rows, next } = await reports.list({
        ...{ limit: max_results, pageToken: page_token, search },
        allowed: await (editable ? access.editable(principal) : access.readable(principal)),
      })
      const nameOf = await authorizer.names(rows.map(({ owner }) => owner))
      return { reports: rows.map((row) => onWire(row, nameOf)), ...(next && { next_page_token: next }) }
    },
  )
  handle(app, CreateReport, async (input, { principal }) => {
    const { title, content = '', experiment_ids: experimentIds = [], shared: isShared = false } = input
    await access.requireReadable(experimentIds, principal)
    const id = await reports.create({ title, content, experimentIds, isShared }, principal)
    return answer(id, principal)
  })
  handle(app, GetReport, ({ report_id, version }, { principal }) => answer(report_id, principal, version))
  handle(app, UpdateReport, async ({ report_id, base_version, ...change }, { principal }) => {
    const before = await get(report_id, principal)
    const rights = await access.rightsOn(before.row, before.experimentIds, principal)
    access.require(rights.may_edit, principal, 'edit')
    const after: ReportContent = {
      title: change.title ?? before.title,
      content: change.content ?? before.content,
      experimentIds: change.experiment_ids ?? before.experimentIds,
      isShared: change.shared ?? before.isShared,
    }
    if (!rights.may_manage) {
      access.require(after.isShared === before.isShared, principal, 'share')
      const isSame = hasSameExperiments(after.experimentIds, before.experimentIds)
      access.require(isSame, principal, 'change the experiments of')
    }
    if (change.shared !== true) requireExperiments(before, after)
    const added = after.experimentIds.filter((id) => !before.experimentIds.includes(id))
    await access.requireReadable(added, principal)
    if (base_version !== undefined && base_version !== before.row.version) throw reportConflict()
    await reports.update(before, after, principal)
    return answer(report_id, principal)
  })
  handle(app, DeleteReport, async ({ report_id }, { principal }) => {
    const { row, experimentIds } = await get(report_id, principal)
    access.require((await access.rightsOn(row, experimentIds, principal)).may_manage, principal, 'delete')
    return emptyResponse(reports.delete(report_id))
  })
  handle(app, ListReportVersions, async ({ report_id }, { principal }) => {
    const { row, experimentIds } = await get(report_id, principal)
    const { may_edit } = await access.rightsOn(row, experimentIds, principal)
    access.require(may_edit, principal, 'read earlier versions of')
    return { versions: await reports.versions(report_id) }
  })
}

/** @throws INVALID_PARAMETER_VALUE if a shared report would lose its last experiment, because everybody could then read it */
function requireExperiments(before: StoredReport, after: ReportContent): void {
  if (!after.isShared || before.experimentIds.length === 0 || after.experimentIds.length > 0) return
  throw invalid(
    "Invalid value in 'experiment_ids': everybody could read a shared report without experiments. Set 'shared' to true in the same request to share it with everybody.",
  )
}

type NameOf = (id: string) => string

const onWire = ({ owner, is_shared, ...row }: ReportRow, nameOf: NameOf): ReportSummary => ({
  ...row,
  owner: nameOf(owner),
  shared: is_shared === 1,
})

function reportOnWire(
  { row, version, title, content, experimentIds }: StoredReport,
  nameOf: NameOf,
): Omit<Report, 'may_edit' | 'may_manage'> {
  const { created_at: updated_at, created_by: updated_by } = version
  return {
    ...onWire(row, nameOf),
    ...{ title, content, version: version.version, updated_at, updated_by },
    experiment_ids: [...experimentIds],
  }
}
