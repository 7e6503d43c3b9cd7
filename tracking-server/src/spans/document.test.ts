import { expect, test } from 'vitest'
import { parseSpanDocuments } from './document.js'
import { toSpanRow } from './row.js'
import type { Span } from './span.js'
import { dump } from './value.js'
import { toSpanDocument } from './wire.js'

const ID = `tr-${'c'.repeat(32)}`
const CHILD: Span = {
  ...{ trace_id: ID, otel_trace_id: 'c'.repeat(32), span_id: 'a'.repeat(16), parent_span_id: 'b'.repeat(16) },
  ...{ name: 'ask', status: 'ERROR', status_message: 'no', links: [] },
  ...{ start_time_unix_nano: 1735689600000000001n, end_time_unix_nano: 1735689600000000003n },
  attributes: { 'mlflow.spanInputs': { x: 1n }, text: 'no JSON' },
  events: [{ name: 'e', time_unix_nano: 1735689600000000002n, attributes: { k: 'v' } }],
}

test('parses a span from its own document', () => {
  const links = [{ trace_id: 'd'.repeat(32), span_id: 'e'.repeat(16), attributes: { why: 1.5 } }]
  const running = { ...CHILD, links, end_time_unix_nano: undefined, parent_span_id: undefined }
  for (const span of [CHILD, running])
    expect(parseSpanDocuments(ID, [dump(toSpanDocument(toSpanRow(span)))])).toEqual([span])
})

test('parses hexadecimal ids of MLflow 3.5.0', () => {
  const input = `{"trace_id": "${ID}", "span_id": "${'a'.repeat(16)}", "parent_span_id": "${'b'.repeat(16)}", "name": "ask",
    "start_time_unix_nano": 1735689600000000001, "end_time_unix_nano": 1735689600000000003,
    "status": {"code": "ERROR", "message": "no"}, "links": [],
    "events": [{"name": "e", "time_unix_nano": 1735689600000000002, "attributes": {"k": "v"}}],
    "attributes": {"mlflow.spanInputs": "{\\"x\\": 1}", "text": "no JSON"}}`
  expect(parseSpanDocuments(ID, [input])).toEqual([CHILD])
})

test('parses the context of MLflow 2', () => {
  const input = `{"name": "ask", "context": {"span_id": "0x${'a'.repeat(16)}", "trace_id": "0x${'c'.repeat(32)}"},
    "parent_id": "0x${'b'.repeat(16)}", "start_time": 1735689600000000001, "end_time": 1735689600000000003,
    "status_code": "ERROR", "status_message": "no",
    "events": [{"name": "e", "timestamp": 1735689600000000002, "attributes": {"k": "v"}}],
    "attributes": {"mlflow.spanInputs": "{\\"x\\": 1}", "text": "no JSON"}}`
  expect(parseSpanDocuments(ID, [input])).toEqual([CHILD])
})
