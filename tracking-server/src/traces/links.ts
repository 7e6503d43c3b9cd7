import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import { sql } from 'kysely'
import { lockTrace } from '../lock-trace.js'
import { checkRunExists } from '../runs/find.js'
import type { TrackingSchema } from '../schema.js'
import type { TraceChanges } from '../trace-changes.js'
import { noSuchTrace } from './store.js'

const MAX_LINKED = 100

/** Links traces to runs and prompt versions. */
export class TraceLinks {
  readonly #db: Db<TrackingSchema>
  readonly #changes: TraceChanges

  constructor(db: Db<TrackingSchema>, changes: TraceChanges) {
    this.#db = db
    this.#changes = changes
  }

  /** Links traces to a run. May be repeated. @throws RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE for more than 100 traces */
  async toRun(traceIds: readonly string[], runId: string): Promise<void> {
    if (traceIds.length > MAX_LINKED)
      throw invalid(
        `Cannot link more than ${MAX_LINKED} traces to a run in a single request. Provided ${traceIds.length} traces.`,
      )
    await this.#db.transaction(async (tx) => {
      await checkRunExists(tx, runId)
      await linkToRun(tx, this.#db.dialect, traceIds, runId)
    })
    await this.#changes.announceIds(traceIds)
  }

  /** Links prompts to a trace. @throws RESOURCE_DOES_NOT_EXIST for it, INVALID_PARAMETER_VALUE for a malformed version */
  async toPrompts(
    traceId: string,
    prompts: readonly { readonly name: string; readonly version: string }[],
  ): Promise<void> {
    const unversioned = prompts.find(({ version }) => !/^\d+$/.test(version))
    if (unversioned)
      throw invalid(
        `Invalid value "${unversioned.version}" for parameter 'prompt_versions.version' supplied: a version is an integer.`,
      )
    const versions = prompts.map(({ name, version }) => `${name}/${Number(version)}`)
    await this.#db.transaction(async (tx) => {
      if (!(await lockTrace(tx, traceId))) throw noSuchTrace(traceId)
      await linkToPrompts(tx, this.#db.dialect, traceId, versions)
    })
    await this.#changes.announceIds([traceId])
  }
}

/** Links traces, which may not exist yet, because clients may send them after their links. */
export async function linkToRun(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  traceIds: readonly string[],
  run_id: string,
): Promise<void> {
  if (traceIds.length === 0) return
  const rows = traceIds.map((trace_id) => ({ trace_id }))
  await sql`insert into trace_runs (trace_id, run_id)
    select linked.trace_id, ${run_id} from ${dialect.rows(rows, { trace_id: 'text' })} as linked
    where true on conflict do nothing`.execute(tx)
}

/** Links prompt versions to a trace. @param versions each as `name/version` */
export async function linkToPrompts(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  trace_id: string,
  versions: readonly string[],
): Promise<void> {
  if (versions.length === 0) return
  const rows = versions.map((prompt_version) => ({ prompt_version }))
  await sql`insert into trace_prompts (trace_id, prompt_version)
    select ${trace_id}, prompt_version from ${dialect.rows(rows, { prompt_version: 'text' })} as prompt
    where true on conflict do nothing`.execute(tx)
}
