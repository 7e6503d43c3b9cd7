import type { Transaction } from '@cairn/platform/db/db'
import { handle } from '@cairn/platform/http/handle'
import type { GarbageKind } from '@cairn/platform/protocol/cairn/garbage'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { deferred } from '@cairn/platform/testing/deferred'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { tracking } from '../plugin.js'
import type { TrackingSchema } from '../schema.js'
import { nextTransaction } from '../testing/next-transaction.js'
import { SOFT_DELETED } from './soft-deleted.js'

const YOUNG = 'it was restored, or a model version was registered from its files'

describe.each(databases)('items restored during a garbage collection on %s', (_name, database) => {
  let served: TestApp
  let now: number
  beforeEach(async () => {
    now = Date.now()
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        handle(app, ListVersionLocations, async () => ({ locations: [] }))
      },
      { database, now: () => now },
    )
  })
  afterEach(() => {
    vi.restoreAllMocks()
    return served.close()
  })

  const post = async (url: string, payload: object) =>
    (
      await served.app.inject({
        method: 'POST',
        url: url.startsWith('/') ? url : `/api/2.0/mlflow/${url}`,
        payload,
      })
    ).json()
  const collect = async (kind: GarbageKind) => {
    const { items } = await post('/api/cairn/v1/gc', { kind, older_than_seconds: 0, apply: true })
    return items.map((item: { id: string; kept?: string }) => [item.id, item.kept])
  }
  /** Collects while a transaction that restores an item is open. */
  const collectDuring = async (
    kind: keyof typeof SOFT_DELETED,
    restore: (tx: Transaction<TrackingSchema>) => Promise<unknown>,
  ) => {
    now += 1000
    let collecting: Promise<unknown> | undefined
    await served.context.db.for<TrackingSchema>().transaction(async (tx) => {
      await restore(tx)
      const purging = deferred()
      const { list } = SOFT_DELETED[kind]
      vi.spyOn(SOFT_DELETED[kind], 'list').mockImplementationOnce(async (...args) => {
        const items = await list(...args)
        void nextTransaction(served.context.db).then(purging.resolve)
        return items
      })
      collecting = collect(kind)
      await purging.promise // of the listed item, which waits for this transaction
    })
    return collecting
  }
  const restoreExperiment = (id: string) => (tx: Transaction<TrackingSchema>) =>
    tx
      .updateTable('experiments')
      .set({ lifecycle_stage: 'active' })
      .where('experiment_id', '=', Number(id))
      .execute()

  test('keeps a run with its data', async () => {
    const { run_id } = (await post('runs/create', { experiment_id: '0', start_time: 1 })).run.info
    await post('runs/log-parameter', { run_id, key: 'p', value: '1' })
    await post('runs/delete', { run_id })
    const collected = await collectDuring('run', (tx) =>
      tx
        .updateTable('runs')
        .set({ lifecycle_stage: 'active', deleted_time: null })
        .where('run_id', '=', run_id)
        .execute(),
    )
    expect(collected).toEqual([[run_id, YOUNG]])
    const { run } = (await served.app.inject(`/api/2.0/mlflow/runs/get?run_id=${run_id}`)).json()
    expect(run.data.params).toEqual([{ key: 'p', value: '1' }])
  })

  test('reports items that another process removed', async () => {
    const { experiment_id } = await post('experiments/create', { name: 'gone' })
    const { run_id } = (await post('runs/create', { experiment_id, start_time: 1 })).run.info
    const trace_info = { trace_id: 'tr-gone', trace_location: { mlflow_experiment: { experiment_id } } }
    await post('/api/3.0/mlflow/traces', { trace: { trace_info } })
    await post('runs/delete', { run_id })
    await post('experiments/delete', { experiment_id })
    for (const [kind, id, own] of [
      ['run', run_id, SOFT_DELETED.run],
      ['trace', 'tr-gone', SOFT_DELETED.trace],
      ['experiment', experiment_id, SOFT_DELETED.experiment],
    ] as const) {
      const removes = (tx: Transaction<TrackingSchema>) =>
        sql`delete from ${sql.table(own.ownTable)} where ${sql.ref(own.column)} = ${id}`.execute(tx)
      expect(await collectDuring(kind, removes)).toEqual([[id, 'another process removed it in the meantime']])
    }
  })

  test('keeps a model and a trace with their experiment', async () => {
    const { experiment_id } = await post('experiments/create', { name: 'back' })
    const { model } = await post('logged-models', { experiment_id, name: 'lm' })
    const trace_info = { trace_id: 'tr-back', trace_location: { mlflow_experiment: { experiment_id } } }
    await post('/api/3.0/mlflow/traces', { trace: { trace_info } })
    for (const [kind, id] of [
      ['logged_model', model.info.model_id],
      ['trace', 'tr-back'],
    ] as const) {
      await post('experiments/delete', { experiment_id })
      expect(await collectDuring(kind, restoreExperiment(experiment_id))).toEqual([[id, YOUNG]])
    }
    const response = await served.app.inject('/api/3.0/mlflow/traces/tr-back')
    expect(response.statusCode).toBe(200)
  })

  test('keeps an experiment', async () => {
    const { experiment_id } = await post('experiments/create', { name: 'back' })
    await post('experiments/delete', { experiment_id })
    expect(await collectDuring('experiment', restoreExperiment(experiment_id))).toEqual([
      [experiment_id, YOUNG],
    ])
    const response = await served.app.inject(`/api/2.0/mlflow/experiments/get?experiment_id=${experiment_id}`)
    expect(response.json().experiment.lifecycle_stage).toBe('active')
  })
})
