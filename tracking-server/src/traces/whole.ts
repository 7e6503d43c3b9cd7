import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { TraceInfo } from '@cairn/platform/protocol/traces'
import type { TrackingSchema } from '../schema.js'
import { readSpanRows } from '../spans/read.js'
import { METADATA, TAG, TRACKING_STORE } from './entries.js'
import type { SpanRow } from './schema.js'
import type { TraceStore } from './store.js'

const PATIENCE_MS = 3000
const STEP_MS = 250

export interface WholeTrace {
  readonly info: TraceInfo
  readonly spans: readonly SpanRow[]
}

/** Traces together with their spans. */
export class WholeTraces {
  readonly #db: Db<TrackingSchema>
  readonly #traces: TraceStore
  readonly #patienceMs: number

  /** @param patienceMs how long to wait for spans that a trace says it has and that have not come */
  constructor(db: Db<TrackingSchema>, traces: TraceStore, patienceMs = PATIENCE_MS) {
    this.#db = db
    this.#traces = traces
    this.#patienceMs = patienceMs
  }

  /** @throws RESOURCE_DOES_NOT_EXIST also when its spans are elsewhere, or do not come in time */
  async get(traceId: string, allowPartial = false): Promise<WholeTrace> {
    for (let waited = 0; ; waited += STEP_MS) {
      const [info] = await this.#traces.list([traceId])
      if (!info) throw missing(`Trace with ID ${traceId} is not found.`)
      if (!areHere(info)) throw missing('Trace data not stored in tracking store')
      const spans = (await readSpanRows(this.#db, [traceId])).get(traceId) ?? []
      if (allowPartial || isWhole(info, spans)) return { info, spans }
      if (waited >= this.#patienceMs)
        throw missing(`Trace with ID ${traceId} is not fully exported yet, please try again later.`)
      await sleep(STEP_MS)
    }
  }

  /** Those that are whole, in the order of `ids`. */
  async list(ids: readonly string[]): Promise<WholeTrace[]> {
    const infos = (await this.#traces.list(ids)).filter(areHere)
    if (infos.length === 0) return []
    const found = infos.map(({ trace_id }) => trace_id)
    const byTrace = await readSpanRows(this.#db, found)
    return infos
      .map((info) => ({ info, spans: byTrace.get(info.trace_id) ?? [] }))
      .filter(({ info, spans }) => isWhole(info, spans))
  }
}

/** Older clients keep spans in a file beside the trace. */
export const areHere = ({ tags }: TraceInfo) => tags?.[TAG.SPANS] === TRACKING_STORE

const isWhole = (info: TraceInfo, spans: readonly SpanRow[]) =>
  spans.length > 0 && spans.length >= spanCount(info.trace_metadata?.[METADATA.SIZE])

/** How many spans the client says there are. */
function spanCount(stats: string | undefined): number {
  try {
    return Number((JSON.parse(stats ?? '{}') as { num_spans?: number }).num_spans ?? 0) || 0
  } catch {
    return 0
  }
}
