import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Securables } from '@cairn/platform/auth/securables'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { type SqlBool, sql } from 'kysely'
import type { ReportRow } from '../schema.js'

interface Parts {
  readonly authorizer: Authorizer
  readonly securables: Securables
}

export interface ReportRights {
  readonly may_edit: boolean
  /** True if the principal may share and delete the report. */
  readonly may_manage: boolean
}

/**
 * Rights on a shared report follow its experiments: reading one of them suffices to read the report, and editing the report
 * requires the right to edit all of them. Its owner and administrators may do everything.
 */
export class ReportAccess {
  readonly #authorizer: Authorizer
  readonly #securables: Securables

  constructor({ authorizer, securables }: Parts) {
    this.#authorizer = authorizer
    this.#securables = securables
  }

  /** Matches rows of `reports` that the principal may read. */
  async readable(principal: Principal) {
    if (await this.#isAdmin(principal)) return sql<SqlBool>`1 = 1`
    const allowed = await this.#allowed(principal, 'READ EXPERIMENTS')
    const readsOne = allowed
      ? sql`exists (select 1 from report_experiments as about
          where about.report_id = reports.report_id and ${allowed.has('about.experiment_id')})`
      : sql`1 = 1`
    const isForAll = sql`not exists (select 1 from report_experiments as about
      where about.report_id = reports.report_id)`
    return sql<SqlBool>`(reports.owner = ${principal.id}
      or (reports.is_shared = 1 and (${readsOne} or ${isForAll})))`
  }

  /** Matches rows of `reports` that the principal may edit. `rightsOn` decides the same for one report. */
  async editable(principal: Principal) {
    const readable = await this.readable(principal)
    if (await this.#isAdmin(principal)) return readable
    const allowed = await this.#allowed(principal, 'EDIT EXPERIMENTS')
    const about = sql`select 1 from report_experiments as about where about.report_id = reports.report_id`
    const editsAll = allowed
      ? sql`not exists (${about} and not ${allowed.has('about.experiment_id')})`
      : sql`1 = 1`
    return sql<SqlBool>`(${readable} and (reports.owner = ${principal.id} or (exists (${about}) and ${editsAll})))`
  }

  /** Decides the other rights on a report that the principal may read. */
  async rightsOn(
    { owner, is_shared }: ReportRow,
    experimentIds: readonly string[],
    principal: Principal,
  ): Promise<ReportRights> {
    if (owner === principal.id || (await this.#isAdmin(principal)))
      return { may_edit: true, may_manage: true }
    const may_edit =
      is_shared === 1 && experimentIds.length > 0 && (await this.#editsAll(experimentIds, principal))
    return { may_edit, may_manage: false }
  }

  async #editsAll(experimentIds: readonly string[], principal: Principal): Promise<boolean> {
    const allowed = await this.#allowed(principal, 'EDIT EXPERIMENTS')
    return !allowed || (await allowed.among(experimentIds)).size === new Set(experimentIds).size
  }

  /** @throws INVALID_PARAMETER_VALUE for an experiment that does not exist or that the principal may not read */
  async requireReadable(experimentIds: readonly string[], principal: Principal): Promise<void> {
    const allowed = await this.#allowed(principal, 'READ EXPERIMENTS')
    const found = allowed
      ? await allowed.among(experimentIds)
      : new Set((await this.#securables.list('experiment', experimentIds)).map(({ id }) => id))
    const missing = experimentIds.find((id) => !found.has(id))
    if (missing !== undefined)
      throw invalid(
        `Invalid value in 'experiment_ids': experiment '${missing}' does not exist, or '${principal.name}' may not read it.`,
      )
  }

  /** @throws PERMISSION_DENIED */
  require(isAllowed: boolean, principal: Principal, action: string): void {
    if (isAllowed) return
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${principal.name}' may not ${action} this report. Ask its owner, or save a copy of it.`,
    )
  }

  #allowed(principal: Principal, privilege: Privilege): Promise<AllowedObjects | undefined> {
    return this.#authorizer.objects.allowedObjects(principal, [privilege], 'experiment')
  }

  #isAdmin(principal: Principal): Promise<boolean> {
    return this.#authorizer.objects.holdsOnMetastore(principal, ['MANAGE'])
  }
}
