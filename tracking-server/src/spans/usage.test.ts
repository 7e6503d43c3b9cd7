import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { type SpanInput, type TracingApp, tracingApp } from '../testing/tracing-app.js'

const USAGE = 'mlflow.trace.tokenUsage'
const used = (tokens: number) =>
  JSON.stringify({ input_tokens: tokens, output_tokens: 0, total_tokens: tokens })
    .replaceAll(':', ': ')
    .replaceAll(',', ', ')

describe.each(databases)('tokens of a trace on %s', (_name, database) => {
  let traced: TracingApp
  beforeEach(async () => {
    traced = await tracingApp(database)
  })
  afterEach(() => traced.close())

  /** A root span that may report the usage of its two calls, one of which arrives with it. */
  const spansOf = (traceId: string, root?: number): SpanInput[][] => {
    const span = (id: string, tokens: number | undefined, parentSpanId?: string): SpanInput => ({
      traceId,
      spanId: id.repeat(16),
      ...(parentSpanId && { parentSpanId: parentSpanId.repeat(16) }),
      attributes: tokens === undefined ? {} : { 'mlflow.chat.tokenUsage': used(tokens) },
    })
    return [[span('b', 10, 'a')], [span('c', 10, 'a'), span('a', root)]]
  }
  const figures = async (trace_id: string) => {
    const { body } = await traced.traces('GET', `/${trace_id}`)
    const rows = await traced.context.db
      .for<TrackingSchema>()
      .read.selectFrom('trace_metrics')
      .select(['key', 'value'])
      .where('trace_id', '=', trace_id)
      .execute()
    return [
      body.trace.trace_info.trace_metadata[USAGE],
      Object.fromEntries(rows.map(({ key, value }) => [key, value])),
    ]
  }
  const summed = (tokens: number) => [
    used(tokens),
    { input_tokens: tokens, output_tokens: 0, total_tokens: tokens },
  ]

  test.each([
    ['spans report', undefined, undefined, summed(20)],
    ['nested spans report repeatedly', 20, undefined, summed(20)],
    ['the client reports', undefined, '{"input_tokens": 7}', ['{"input_tokens": 7}', { input_tokens: 7 }]],
  ])('are those that %s, whenever the trace is recorded', async (_what, root, reported, expected) => {
    for (const [i, order] of permutations(['start', 'first', 'second']).entries()) {
      const traceId = String(i + 1).padStart(32, '0')
      const trace_id = `tr-${traceId}`
      const [first, second] = spansOf(traceId, root)
      const trace_location = { mlflow_experiment: { experiment_id: '0' } }
      const trace_info = {
        trace_id,
        trace_location,
        ...(reported && { trace_metadata: { [USAGE]: reported } }),
      }
      for (const step of order) {
        if (step === 'start') await traced.traces('POST', '', { trace: { trace_info } })
        else await traced.sendSpans(step === 'first' ? first! : second!)
      }
      expect(await figures(trace_id), order.join(', ')).toEqual(expected)
    }
  })

  test.each([
    ['spans report', undefined, summed(20)],
    ['the client reports', '{"input_tokens": 7}', ['{"input_tokens": 7}', { input_tokens: 7 }]],
  ])('are those that %s, whenever a trace of an old client ends', async (_what, reported, expected) => {
    for (const order of permutations(['end', 'first', 'second'])) {
      const started = await traced.post('traces', { experiment_id: '0', timestamp_ms: 1 })
      const trace_id: string = started.body.trace_info.request_id
      const [first, second] = spansOf(trace_id.slice('tr-'.length))
      const request_metadata = reported ? [{ key: USAGE, value: reported }] : []
      for (const step of order) {
        if (step === 'end')
          await traced.send('PATCH', `traces/${trace_id}`, {
            timestamp_ms: 2,
            status: 'OK',
            request_metadata,
          })
        else await traced.sendSpans(step === 'first' ? first! : second!)
      }
      expect(await figures(trace_id), order.join(', ')).toEqual(expected)
    }
  })
})

const permutations = (steps: readonly string[]): string[][] =>
  steps.length === 0
    ? [[]]
    : steps.flatMap((one) =>
        permutations(steps.filter((other) => other !== one)).map((rest) => [one, ...rest]),
      )
