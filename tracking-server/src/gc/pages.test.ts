import { type ArtifactLocations, artifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { handle } from '@cairn/platform/http/handle'
import type { GarbageItem } from '@cairn/platform/protocol/cairn/garbage'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { deferred } from '@cairn/platform/testing/deferred'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tracking } from '../plugin.js'
import type { RunRow, TrackingSchema } from '../schema.js'
import { explain } from '../testing/explain.js'
import { nextTransaction } from '../testing/next-transaction.js'
import { FileReferences } from './references.js'

const id = (i: number) => String(i).padStart(32, '0')
const at = (i: number) => `mlflow-artifacts:/0/${id(i)}/artifacts`

describe.each(databases)('pages of a garbage collection on %s', (_name, database) => {
  let served: TestApp
  /** Locations of model versions, and how many of them were returned. */
  let versions: string[]
  let reported: number
  beforeEach(async () => {
    versions = []
    reported = 0
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        handle(app, ListVersionLocations, async ({ after = 0 }) => {
          const locations = versions
            .map((location, i) => ({ name: 'm', version: `${i + 1}`, location, position: i + 1 }))
            .slice(after, after + 1000)
          reported += locations.length
          return { locations }
        })
      },
      { database },
    )
    const runs = Array.from({ length: 120 }, (_, i) => aRow(i))
    await served.context.db
      .for<TrackingSchema>()
      .transaction((tx) => tx.insertInto('runs').values(runs).execute())
  })
  afterEach(() => served.close())

  const post = async (url: string, payload: object) =>
    (await served.app.inject({ method: 'POST', url, payload })).json()
  /** @param between runs after each page */
  const collect = async (between: () => Promise<void> | void = () => {}): Promise<GarbageItem[]> => {
    const items: GarbageItem[] = []
    const input = { kind: 'run', older_than_seconds: 0, apply: true }
    for (let page_token: string | undefined; ; ) {
      const page = await post('/api/cairn/v1/gc', { ...input, ...(page_token && { page_token }) })
      items.push(...page.items)
      page_token = page.next_page_token
      if (!page_token) return items
      await between()
    }
  }
  const kept = (items: readonly GarbageItem[]) =>
    items.flatMap((item) => (item.kept === undefined ? [] : [[item.id, item.kept]]))

  test('reads each version once for all pages', async () => {
    versions = Array.from({ length: 1100 }, (_, i) => `mlflow-artifacts:/9/${id(i)}/artifacts`)
    expect(kept(await collect())).toEqual([])
    expect(reported).toBe(1100)
  })

  test('releases the versions after the last page', async () => {
    versions = Array.from({ length: 1100 }, (_, i) => `mlflow-artifacts:/9/${id(i)}/artifacts`)
    await collect()
    await post('/api/cairn/v1/gc', { kind: 'run', older_than_seconds: 0, page_token: id(110) })
    expect(reported).toBe(2200)
  })

  test('respects versions that are registered between pages', async () => {
    versions = [at(5)]
    const items = await collect(() => {
      if (versions.length === 1) versions.push(`${at(105)}/model`, `runs:/${id(106)}/model`)
    })
    expect(kept(items)).toEqual([
      [id(5), 'models:/m/1 uses its files'],
      [id(105), 'models:/m/2 uses its files'],
      [id(106), 'models:/m/3 uses its files'],
    ])
    expect(items).toHaveLength(120)
  })

  test('respects versions that are registered during a page', async () => {
    let collecting: Promise<GarbageItem[]> | undefined
    await served.context.db.for<TrackingSchema>().transaction(async (tx) => {
      await tx.updateTable('runs').set({ user_id: 'held' }).where('run_id', '=', id(0)).execute()
      const purging = nextTransaction(served.context.db)
      collecting = collect()
      await purging // of the first run, which waits for the lock
      versions = [at(50)]
    })
    expect(kept(await collecting!)).toEqual([[id(50), 'models:/m/1 uses its files']])
  })

  test('respects locations that are imported between pages', async () => {
    const home = 'a'.repeat(32)
    versions = [`runs:/${home}/model`] // of a run that is imported later
    let page = 0
    const items = await collect(async () => {
      if (page++ > 0) return
      const run = { experiment_id: '0', status: 'FINISHED', start_time: 2 }
      await post('/api/cairn/v1/import/runs', { ...run, run_id: home, artifact_uri: at(105) })
      const model = { model_id: `m-${home}`, experiment_id: '0', name: 'm', status: 'LOGGED_MODEL_READY' }
      const times = { creation_timestamp_ms: 1, last_updated_timestamp_ms: 1 }
      await post('/api/cairn/v1/import/logged-models', { ...model, ...times, artifact_uri: at(106) })
      const experiment = { name: 'nested', artifact_location: `${at(107)}/more` }
      await post('/api/2.0/mlflow/experiments/create', experiment)
    })
    expect(kept(items)).toEqual([
      [id(105), 'models:/m/1 uses its files'],
      [id(106), `logged model m-${home} uses its files`],
      [id(107), 'experiment 1 uses its files'],
    ])
  })

  test('concurrent refreshes do not lose references', async () => {
    const { context } = served
    const locations = artifactLocations(context.config, context.blobs)
    const called = deferred()
    const resumed = deferred()
    let calls = 0
    const canonical = async (uri: string) => {
      if (calls++ === 0) {
        called.resolve()
        await resumed.promise
      }
      return locations.canonical(uri)
    }
    const references = new FileReferences({
      db: context.db.for<TrackingSchema>(),
      locations: { canonical } as ArtifactLocations,
      call: context.client(),
    })
    const first = references.refresh()
    await called.promise
    const stray = { run_id: 'a'.repeat(32), status: 'FINISHED', start_time: 2, artifact_uri: at(105) }
    await post('/api/cairn/v1/import/runs', { experiment_id: '0', ...stray })
    await references.refresh()
    resumed.resolve()
    await first
    expect(await references.find(at(105))).toBe(`run ${stray.run_id}`)
  })

  test('forgets deleted versions in the next collection', async () => {
    versions = [at(5)]
    expect(kept(await collect())).toHaveLength(1)
    versions = []
    expect(kept(await collect())).toEqual([])
  })

  if (database.engine === 'sqlite')
    test('finds strays in their partial indexes without scanning runs and models', async () => {
      const { context } = served
      const locations = artifactLocations(context.config, context.blobs)
      const plan = await explain(context.db.for<TrackingSchema>(), (db) =>
        new FileReferences({ db, locations, call: context.client() }).refresh(),
      )
      expect(plan).toContain('SCAN runs USING COVERING INDEX runs_strays')
      expect(plan).toContain('SCAN logged_models USING COVERING INDEX logged_models_strays')
    })
})

const aRow = (i: number): RunRow => ({
  run_id: id(i),
  experiment_id: 0,
  run_name: '',
  user_id: '',
  status: 'FINISHED',
  start_time: 1,
  end_time: 1,
  artifact_uri: at(i),
  lifecycle_stage: 'deleted',
  deleted_time: 1,
})
