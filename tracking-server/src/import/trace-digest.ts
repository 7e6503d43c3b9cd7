import type { ImportedTrace, TraceDigest } from '@cairn/platform/protocol/cairn/imports'
import { RowDigest } from '@cairn/platform/protocol/cairn/run-digest'
import { parseAssessment, toAssessment } from '../assessments/wire.js'
import { RESERVED_TAGS } from '../entries/trace-entries.js'
import { parseSpanDocuments } from '../spans/document.js'
import { toSpanRow } from '../spans/row.js'
import type { SpanRow } from '../spans/schema.js'
import { toTraceRow } from '../traces/store.js'

/** Digests a trace like the imported trace will be. */
export const digestOfImport = ({ spans = [], ...rest }: ImportedTrace): TraceDigest =>
  digestTrace(rest, parseSpanDocuments(rest.trace.trace_info.trace_id, spans).map(toSpanRow))

export function digestTrace(
  { trace: { trace_info: info }, runs = [], prompts = [] }: Omit<ImportedTrace, 'spans'>,
  spans: readonly SpanRow[],
): TraceDigest {
  const { timestamp_ms, execution_time_ms, status, ...texts } = toTraceRow(info)
  const about = new RowDigest()
  about.add(timestamp_ms, String(execution_time_ms), status)
  about.add(JSON.stringify([texts.client_request_id, texts.request_preview, texts.response_preview]))
  for (const [kind, map] of Object.entries({ tag: info.tags, metadata: info.trace_metadata }))
    for (const [key, value] of Object.entries(map ?? {}))
      if (!RESERVED_TAGS.includes(key)) about.add(kind, key, value)
  const links = new RowDigest()
  for (const run of new Set(runs)) links.add('run', run)
  for (const prompt of new Set(prompts)) links.add('prompt', prompt)
  return {
    trace_id: info.trace_id,
    info: about.result().digest,
    spans: sumOf(spans.map(({ trace_id: _, ...span }) => span)),
    assessments: sumOf((info.assessments ?? []).map(toComparable)),
    links: links.result(),
  }
}

/** Normalizes an assessment to its wire format. */
function toComparable(input: NonNullable<ImportedTrace['trace']['trace_info']['assessments']>[number]) {
  const { valid = true, metadata = {} } = input
  const row = { ...parseAssessment(input, 0), trace_id: '', position: 0, valid: valid ? 1 : 0 } as const
  return { ...toAssessment(row), metadata: Object.entries(metadata).sort() }
}

function sumOf(items: readonly object[]) {
  const digest = new RowDigest()
  for (const item of items) digest.add(JSON.stringify(item))
  return digest.result()
}
