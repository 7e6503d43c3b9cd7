import { createInstance } from 'i18next'
import { expect, test } from 'vitest'
import type { TraceInfo } from '../api/traces.js'
import { tableOfTraces } from './traces-csv.js'

test('traces become rows with a column for each assessment that counts', async () => {
  const i18n = createInstance()
  await i18n.init({ lng: 'cimode', resources: {} })
  const trace = (trace_id: string, assessments: unknown[] = []) =>
    ({
      ...{ trace_id, state: 'OK', request_time: '2026-01-02T03:04:05Z', execution_duration: '1.5s' },
      ...{ request_preview: '=1+1', trace_metadata: {}, tags: {}, assessments },
    }) as unknown as TraceInfo
  const feedback = (assessment_name: string, value: unknown, valid = true) => ({
    ...{ assessment_name, valid },
    feedback: { value },
  })
  const { columns, rows } = tableOfTraces(
    [
      trace('t1', [feedback('correct', true), feedback('words', 12), feedback('old', 'x', false)]),
      trace('t2', [feedback('tags', ['a', 'b'])]),
    ],
    i18n.t,
  )
  const at = (name: string) => columns.findIndex(({ label }) => label === name)
  expect(columns.slice(-3).map(({ label }) => label)).toEqual(['correct', 'tags', 'words'])
  expect(rows.map((row) => row.slice(-3))).toEqual([
    ['true', undefined, 12],
    [undefined, '["a","b"]', undefined],
  ])
  expect(rows[0]![at('traceColumn.time')]).toBe('2026-01-02T03:04:05.000Z')
  expect(rows[0]![at('traceColumn.duration')]).toBe(1500)
})
