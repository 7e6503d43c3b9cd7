import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { TraceInfo } from '@cairn/platform/protocol/mlflow/traces'
import { TRACE_METADATA, TRACE_TAG, TRACKING_STORE } from '../entries/trace-entries.js'
import type { TrackingSchema } from '../schema.js'
import { readSpanRows } from '../spans/read-spans.js'
import type { SpanRow } from '../spans/schema.js'
import type { TraceStore } from './store.js'

const TIMEOUT_MS = 3000
const POLL_MS = 250

export interface TraceWithSpans {
  readonly info: TraceInfo
  readonly spans: readonly SpanRow[]
}

/** Reads traces with their spans. */
export class TracesWithSpans {
  readonly #db: Db<TrackingSchema>
  readonly #traces: TraceStore
  readonly #timeoutMs: number

  /** @param timeoutMs the time to wait for spans that a trace announces but that have not arrived */
  constructor(db: Db<TrackingSchema>, traces: TraceStore, timeoutMs = TIMEOUT_MS) {
    this.#db = db
    this.#traces = traces
    this.#timeoutMs = timeoutMs
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, also if the spans are stored elsewhere or do not arrive in time */
  async get(traceId: string, allowPartial = false): Promise<TraceWithSpans> {
    for (let waited = 0; ; waited += POLL_MS) {
      const [info] = await this.#traces.list([traceId])
      if (!info) throw missing(`Trace with ID ${traceId} is not found.`)
      if (!hasStoredSpans(info)) throw missing('Trace data not stored in tracking store')
      const spans = (await readSpanRows(this.#db, [traceId])).get(traceId) ?? []
      if (allowPartial || isComplete(info, spans)) return { info, spans }
      if (waited >= this.#timeoutMs)
        throw missing(`Trace with ID ${traceId} is not fully exported yet, please try again later.`)
      await sleep(POLL_MS)
    }
  }

  /** Returns the complete traces, in the order of `ids`. */
  async list(ids: readonly string[]): Promise<TraceWithSpans[]> {
    const infos = (await this.#traces.list(ids)).filter(hasStoredSpans)
    if (infos.length === 0) return []
    const found = infos.map(({ trace_id }) => trace_id)
    const byTrace = await readSpanRows(this.#db, found)
    return infos
      .map((info) => ({ info, spans: byTrace.get(info.trace_id) ?? [] }))
      .filter(({ info, spans }) => isComplete(info, spans))
  }
}

/** Older clients keep spans in an artifact instead. */
export const hasStoredSpans = ({ tags }: TraceInfo) => tags?.[TRACE_TAG.SPANS] === TRACKING_STORE

const isComplete = (info: TraceInfo, spans: readonly SpanRow[]) =>
  spans.length > 0 && spans.length >= spanCount(info.trace_metadata?.[TRACE_METADATA.SIZE])

/** Returns the number of spans that the client announces. */
function spanCount(stats: string | undefined): number {
  try {
    return Number((JSON.parse(stats ?? '{}') as { num_spans?: number }).num_spans ?? 0) || 0
  } catch {
    return 0
  }
}
