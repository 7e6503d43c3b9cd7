import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { nextTransaction } from '../testing/next-transaction.js'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'
import { TRACE_TABLES } from './delete.js'

describe.each(databases)('concurrent deletion of a trace on %s', (_name, database) => {
  let traced: TracingApp
  beforeEach(async () => {
    traced = await tracingApp(database)
  })
  afterEach(() => traced.close())

  const feedback = { assessment_name: 'a', source: { source_type: 'HUMAN' }, feedback: { value: true } }
  const v2 = (method: 'POST' | 'PATCH', path: string, payload: object) =>
    traced.app.inject({ method, url: `/api/2.0/mlflow/traces${path}`, payload })
  const status = async (response: Promise<{ status: number }>) => (await response).status

  test.each<[string, (id: string) => Promise<number>]>([
    ['a tag', (id) => status(traced.traces('PATCH', `/${id}/tags`, { key: 'k', value: 'v' }))],
    ['an assessment', (id) => status(traced.traces('POST', `/${id}/assessments`, { assessment: feedback }))],
    [
      'its end',
      async (id) =>
        (await v2('PATCH', `/${id}`, { status: 'OK', tags: [{ key: 'k', value: 'v' }] })).statusCode,
    ],
    [
      'a prompt',
      (id) =>
        status(
          traced.post('traces/link-prompts', {
            trace_id: id,
            prompt_versions: [{ name: 'p', version: '1' }],
          }),
        ),
    ],
  ])('rejects %s and leaves no rows', async (_what, write) => {
    const id = await traced.createTrace()
    expect(await write(await traced.createTrace())).toBe(200)
    const db = traced.context.db.for<TrackingSchema>()
    let writing: Promise<number> | undefined
    await db.transaction(async (tx) => {
      for (const table of TRACE_TABLES) await tx.deleteFrom(table).where('trace_id', '=', id).execute()
      const waiting = nextTransaction(traced.context.db)
      writing = write(id)
      await waiting
    })
    expect(await writing).toBe(404)
    for (const table of TRACE_TABLES)
      expect(
        await db.read.selectFrom(table).select('trace_id').where('trace_id', '=', id).execute(),
        table,
      ).toEqual([])
  })
})
