import type { AlertSchema } from '@cairn/platform/alerts/schema'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { artifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { SearchQuery } from '@cairn/platform/search/sources'
import { anAlertRule } from '@cairn/platform/testing/alerts'
import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runSource } from '../run-names/search-source.js'
import type { TrackingSchema } from '../schema.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { alignEntries, moveRun } from './move-run.js'

describe.each(databases)('a move of runs on %s', (_name, database) => {
  let tracked: TrackingApp
  let target: string
  beforeEach(async () => {
    tracked = await trackingApp(database)
    target = (await tracked.post('experiments/create', { name: 'target' })).body.experiment_id
  })
  afterEach(() => tracked.close())

  const aRun = (tags: Record<string, string> = {}) =>
    tracked.createRun({ tags: Object.entries(tags).map(([key, value]) => ({ key, value })) })
  const move = async (run_ids: unknown, experiment_id = target) => {
    const payload = { run_ids, experiment_id }
    const response = await tracked.app.inject({ method: 'POST', url: '/api/cairn/v1/runs/move', payload })
    return { status: response.statusCode, body: response.json() }
  }
  const found = async (experiment_id: string, filter = '') =>
    ((await tracked.post('runs/search', { experiment_ids: [experiment_id], filter })).body.runs ?? []).map(
      ({ info }: { info: { run_id: string } }) => info.run_id,
    )

  test('takes entries, datasets and logged models along, so that searches find them there', async () => {
    const [run_id, other] = [await aRun(), await aRun()]
    const dataset = { name: 'ratings', digest: 'd1', source_type: 'local', source: '{}' }
    for (const id of [run_id, other])
      await tracked.post('runs/log-inputs', {
        run_id: id,
        datasets: [{ dataset, tags: [{ key: 'mlflow.data.context', value: 'training' }] }],
      })
    await tracked.post('runs/log-batch', {
      run_id,
      metrics: [{ key: 'ndcg', value: 0.5, timestamp: 1, step: 0 }],
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: 'team', value: 'films' }],
    })
    const { body } = await tracked.post('logged-models', {
      experiment_id: '0',
      name: 'm',
      source_run_id: run_id,
    })
    const filters = [
      "params.lr = '0.1'",
      'metrics.ndcg > 0.4',
      "tags.team = 'films'",
      "dataset.name = 'ratings' AND dataset.digest = 'd1' AND dataset.context = 'training'",
    ]
    expect(await move([run_id, run_id])).toEqual({ status: 200, body: { moved: [run_id] } })
    for (const filter of filters) expect(await found(target, filter), filter).toEqual([run_id])
    expect(await found('0')).toEqual([other])
    expect(await found('0', filters[3])).toEqual([other])
    const model = await tracked.get(`logged-models/${body.model.info.model_id}`)
    expect(model.body.model.info.experiment_id).toBe(target)
    expect(await move([run_id])).toEqual({ status: 200, body: { moved: [] } })
    expect(await move([run_id], '0')).toEqual({ status: 200, body: { moved: [run_id] } })
    for (const filter of filters) expect(await found('0', filter), filter).toContain(run_id)
  })

  const words = (run_id: string) =>
    tracked.context.db
      .for<TrackingSchema>()
      .read.selectFrom('run_words')
      .select('experiment_id')
      .distinct()
      .where('run_id', '=', run_id)
      .execute()

  test('takes the words of its name along, and corrects those that another request wrote', async () => {
    const run_id = await aRun({ 'mlflow.runName': 'kept words' })
    await move([run_id])
    expect(await words(run_id)).toEqual([{ experiment_id: Number(target) }])
    const db = tracked.context.db.for<TrackingSchema>()
    await db.transaction((tx) => tx.updateTable('run_words').set({ experiment_id: 0 }).execute())
    const readsOld = {
      allowedObjects: async () => ({ has: (column: string) => sql`${sql.ref(column)} = 0` }),
    }
    const search = runSource(db, { objects: readsOld } as unknown as Authorizer)
    const query: SearchQuery = { principal: LOCAL_OWNER, text: 'kept', words: ['kept'], limit: 5 }
    expect(await search(query)).toEqual([])
    await db.transaction((tx) => alignEntries(tx, run_id))
    expect(await words(run_id)).toEqual([{ experiment_id: Number(target) }])
  })

  test('leaves a run that left the experiment meanwhile, models of other experiments, and alerts behind', async () => {
    const other = (await tracked.post('experiments/create', { name: 'other' })).body.experiment_id
    const run_id = await aRun()
    const model = await tracked.post('logged-models', {
      experiment_id: other,
      name: 'm',
      source_run_id: run_id,
    })
    const db = tracked.context.db.for<TrackingSchema & AlertSchema>()
    const locations = artifactLocations(tracked.context.config, tracked.context.blobs)
    const stale = { run_id, from: Number(other), experiment_id: Number(target) }
    expect(await db.transaction((tx) => moveRun(tx, locations, stale))).toBe(false)
    await db.transaction((tx) => tx.insertInto('alert_rules').values(anAlertRule()).execute())
    await tracked.post('runs/update', { run_id, status: 'FAILED' })
    const alerts = () => db.read.selectFrom('alerts').select('run_id').execute()
    expect(await alerts()).toEqual([{ run_id }])
    await move([run_id])
    expect(await alerts()).toEqual([])
    const { model_id } = model.body.model.info
    const found = await tracked.get(`logged-models/${model_id}`)
    expect(found.body.model.info.experiment_id).toBe(other)
    const folders = db.read.selectFrom('moved_folders').select('path').where('path', 'like', `%${model_id}%`)
    expect(await folders.execute()).toEqual([])
  })

  test('takes child runs along', async () => {
    const parent = await aRun()
    const child = await aRun({ 'mlflow.parentRunId': parent })
    const grandchild = await aRun({ 'mlflow.parentRunId': child })
    const { body } = await move([parent])
    expect(body.moved).toEqual([parent, child, grandchild])
  })

  test('lets files stay, which then follow the rights of the new experiment', async () => {
    const [run_id, other] = [await aRun(), await aRun()]
    await tracked.context.blobs.put(`0/${run_id}/artifacts/a.txt`, Buffer.from('kept'))
    await move([run_id])
    expect((await tracked.app.inject(`/get-artifact?run_id=${run_id}&path=a.txt`)).body).toBe('kept')
    const namings = tracked.context.authorizer.objects.namings('experiment')!
    const ownersOf = async (path: string) => (await namings.artifact_path!.find([path])).get(path)?.toSorted()
    expect(await ownersOf(`0/${run_id}/artifacts/a.txt`)).toEqual([target])
    expect(await ownersOf(`0/${run_id}/artifacts`)).toEqual([target])
    expect(await ownersOf(`0/${run_id}`)).toEqual(['0', target].toSorted()) // contains its folder
    expect(await ownersOf('0')).toEqual(['0', target].toSorted())
    expect(await ownersOf(`0/${other}/artifacts/a.txt`)).toEqual(['0'])
    expect((await namings.run_id!.find([run_id])).get(run_id)).toEqual([target])
  })

  test('refuses what cannot be moved, and names the field', async () => {
    const [run_id, deleted] = [await aRun(), await aRun()]
    await tracked.post('runs/delete', { run_id: deleted })
    expect(await move([deleted])).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(`'run_ids': run '${deleted}' is deleted`) },
    })
    expect(await move(['nothing'])).toMatchObject({ status: 404 })
    expect(await move([run_id], '404')).toMatchObject({ status: 404 })
    await tracked.post('experiments/delete', { experiment_id: target })
    expect(await move([run_id])).toMatchObject({ status: 400 })
    for (const run_ids of [[], 'x', Array(101).fill(run_id)])
      expect(await move(run_ids, '0')).toMatchObject({ status: 400 })
    expect(await found('0')).toEqual([run_id])
  })
})
