import { handle } from '@cairn/platform/http/handle'
import { CollectGarbage, type GarbageKind, KeepFiles } from '@cairn/platform/protocol/cairn/garbage'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tracking } from '../plugin.js'
import type { TrackingSchema } from '../schema.js'
import { type PurgeRule, purge } from './purge.js'
import { SOFT_DELETED } from './soft-deleted.js'

const DAY = 86_400

describe.each(databases)('model versions registered during a garbage collection on %s', (_name, database) => {
  let served: TestApp
  let now: number
  /** Runs after the registry has computed its response and before it is sent. */
  let meanwhile: () => Promise<unknown>
  beforeEach(async () => {
    now = Date.now()
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        handle(app, ListVersionLocations, async () => {
          await meanwhile()
          return { locations: [] }
        })
      },
      { database, now: () => now },
    )
    meanwhile = async () => {}
  })
  afterEach(() => served.close())

  const call = () => served.context.client()
  const post = async (path: string, payload: object) =>
    (await served.app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, payload })).json()

  /** Registers the locations during the last request of the collection to the registry. */
  const collectWhile = async (kind: GarbageKind, locations: string[]) => {
    now += 31 * DAY * 1000
    let requested = 0
    meanwhile = async () => {
      if (++requested === 2) await call()(KeepFiles, { locations })
    }
    const { items } = await call()(CollectGarbage, { kind, older_than_seconds: 30 * DAY, apply: true })
    expect(requested).toBe(2)
    return items.map(({ id, kept }) => [id, kept])
  }
  const KEPT = 'it was restored, or a model version was registered from its files'
  const files = async () => {
    const found: string[] = []
    for await (const { key } of served.context.blobs.walk('')) found.push(key)
    return found
  }

  test.each([
    ['by their location', (id: string) => `mlflow-artifacts:/0/${id}/artifacts/model`],
    ['by their run', (id: string) => `runs:/${id}/model`],
    [
      'with percent-encoding',
      (id: string) => `mlflow-artifacts:/0/%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
    ],
  ])('keeps files of a deleted run that are registered %s', async (_how, locate) => {
    const { run_id } = (await post('runs/create', { experiment_id: '0' })).run.info
    const key = `0/${run_id}/artifacts/model/MLmodel`
    await served.context.blobs.put(key, Buffer.from('{}'))
    await post('runs/delete', { run_id })
    expect(await collectWhile('run', ['s3://elsewhere/x', 'a/b%00', locate(run_id)])).toEqual([
      [run_id, KEPT],
    ])
    expect(await files()).toEqual([key])
    expect(await collectWhile('run', [])).toEqual([[run_id, undefined]])
    expect(await files()).toEqual([])
  })

  test('keeps files of a model that was deleted itself or with its experiment', async () => {
    const { experiment_id } = await post('experiments/create', { name: 'gone' })
    for (const how of ['itself', 'with its experiment']) {
      const { model } = await post('logged-models', { experiment_id, name: 'lm' })
      const id = model.info.model_id
      if (how === 'itself')
        await served.app.inject({ method: 'DELETE', url: `/api/2.0/mlflow/logged-models/${id}` })
      else await post('experiments/delete', { experiment_id })
      expect(await collectWhile('logged_model', [model.info.artifact_uri])).toEqual([[id, KEPT]])
      expect(await collectWhile('logged_model', [])).toEqual([[id, undefined]])
    }
  })

  test('waits for a purge that started first', async () => {
    const { run_id } = (await post('runs/create', { experiment_id: '0' })).run.info
    await post('runs/delete', { run_id })
    now += 1000
    let keeping: Promise<unknown> | undefined
    const how: PurgeRule = {
      ...SOFT_DELETED.run,
      find(...requested) {
        keeping = call()(KeepFiles, { locations: [`runs:/${run_id}/model`] })
        return SOFT_DELETED.run.find(...requested)
      },
    }
    expect(await purge(served.context.db.for<TrackingSchema>(), how, run_id, now)).toBe(undefined)
    expect(await keeping).toEqual({})
  })
})
