import {
  DigestRuns,
  ImportExperiment,
  type ImportedComment,
  type ImportedExperiment,
  type ImportedRun,
  ImportLoggedModel,
  ImportRun,
  importedArtifactPath,
} from '@cairn/platform/protocol/cairn/imports'
import { CreateRunComment, ListMentions, ListRunComments } from '@cairn/platform/protocol/cairn/run-comments'
import { RunDigester } from '@cairn/platform/protocol/cairn/run-digest'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const DATASET = {
  dataset: { name: 'd', digest: '1', source_type: 'local', source: '{}', schema: '{"a":1}' },
  tags: [{ key: 'mlflow.data.context', value: 'training' }],
}
const RUN = {
  run_id: 'a'.repeat(32),
  experiment_id: '0',
  run_name: 'one',
  user_id: 'ann',
  status: 'FAILED',
  start_time: 1_000,
  end_time: 2_000,
  params: [{ key: 'lr', value: '0.1' }],
  tags: [
    { key: 'mlflow.runName', value: 'one' },
    { key: 'long', value: 'x'.repeat(9_000) },
    { key: 'git\t(short)', value: 'of a run that began with it' },
  ],
  metrics: [
    { key: 'loss', value: 0.5, timestamp: 1, step: 0 },
    { key: 'loss', value: 0.25, timestamp: 2, step: 1 },
    { key: 'bad', value: Number.NaN, timestamp: 3, step: 0 },
    { key: 'up', value: Number.POSITIVE_INFINITY, timestamp: 3, step: 0 },
  ],
  dataset_inputs: [DATASET],
  model_outputs: [{ model_id: 'm-1', step: 3 }],
} satisfies ImportedRun

/** NaN and infinities are strings on the wire. */
const onWire = (run: ImportedRun): ImportedRun => ({
  ...run,
  metrics: (run.metrics ?? []).map((metric) => ({
    ...metric,
    value: String(metric.value) as unknown as number,
  })),
})

describe.each(databases)('imports on %s', (_name, database) => {
  let served: TrackingApp
  beforeEach(async () => {
    served = await trackingApp(database)
  })
  afterEach(() => served.close())
  const call = () => served.context.client()

  test('merges concurrent imports of a run', async () => {
    const keys = Array.from({ length: 8 }, (_, i) => `key${i}`)
    const responses = await Promise.all(
      keys.map((key) => call()(ImportRun, onWire({ ...RUN, params: [{ key, value: '1' }] }))),
    )
    expect(responses.map(({ outcome }) => outcome).toSorted()).toEqual([
      'created',
      ...Array(7).fill('merged'),
    ])
    const { body } = await served.get('runs/get', { run_id: RUN.run_id })
    expect(body.run.data.params.map(({ key }: { key: string }) => key).toSorted()).toEqual(keys)
  })

  test('keeps data sets without a name and digest, which MLflow stores', async () => {
    const dataset = { name: '', digest: '', source_type: '', source: '' }
    const dataset_inputs = [{ dataset, tags: [{ key: 'mlflow.data.context', value: '' }] }]
    await call()(ImportRun, onWire({ ...RUN, dataset_inputs }))
    const { body } = await served.get('runs/get', { run_id: RUN.run_id })
    expect(body.run.inputs.dataset_inputs).toEqual(dataset_inputs)
  })

  test('keeps the id, times, user, state and contents of a run', async () => {
    expect(await call()(ImportRun, onWire(RUN))).toMatchObject({ run_id: RUN.run_id, outcome: 'created' })
    const { body } = await served.get('runs/get', { run_id: RUN.run_id })
    expect(body.run.info).toMatchObject({
      run_id: RUN.run_id,
      run_name: 'one',
      user_id: 'ann',
      status: 'FAILED',
      start_time: 1_000,
      end_time: 2_000,
      lifecycle_stage: 'active',
    })
    expect(body.run.data.tags.find((tag: { key: string }) => tag.key === 'long').value).toHaveLength(9_000)
    expect(body.run.inputs.dataset_inputs).toEqual([DATASET])
    const { runs } = await call()(DigestRuns, { run_ids: ['none', RUN.run_id] })
    expect(runs).toEqual([
      new RunDigester(RUN)
        .params(RUN.params)
        .tags(RUN.tags)
        .metrics(RUN.metrics)
        .inputs(RUN.dataset_inputs, [], RUN.model_outputs)
        .result(RUN.run_id),
    ])
  })

  test('is idempotent, and adds new contents of a run', async () => {
    await call()(ImportRun, onWire(RUN))
    const before = await call()(DigestRuns, { run_ids: [RUN.run_id] })
    expect((await call()(ImportRun, onWire(RUN))).outcome).toBe('merged')
    expect(await call()(DigestRuns, { run_ids: [RUN.run_id] })).toEqual(before)
    const later = { ...RUN, status: 'FINISHED', metrics: [{ key: 'loss', value: 1, timestamp: 9, step: 9 }] }
    await call()(ImportRun, later as ImportedRun)
    const { runs } = await call()(DigestRuns, { run_ids: [RUN.run_id] })
    expect(runs[0]!.metrics.count).toBe(5)
    const { body } = await served.get('runs/get', { run_id: RUN.run_id })
    expect(body.run.info.status).toBe('FINISHED')
  })

  test('imports comments with their authors and times, updates them, and copies those of a derived run', async () => {
    const comment = { comment_id: 'c1', body: 'See @owner', author: 'mina', created_at: 5, updated_at: 7 }
    const { run_id } = RUN
    const listed = async (id: string) => (await call()(ListRunComments, { run_id: id })).comments
    await call()(ImportRun, onWire({ ...RUN, comments: [comment] }))
    expect(await listed(run_id)).toEqual([{ ...comment, run_id, own: false, imported_by: 'owner' }])
    const { mentions } = await call()(ListMentions, {})
    expect(mentions.map((mention) => mention.comment.comment_id)).toEqual(['c1'])
    const edited = { ...comment, body: 'No.', updated_at: 9 }
    await call()(ImportRun, onWire({ ...RUN, comments: [edited] }))
    expect(await listed(run_id)).toMatchObject([{ body: 'No.', author: 'mina', updated_at: 9 }])
    expect((await call()(ListMentions, {})).mentions).toEqual([])
    const other = onWire({ ...RUN, start_time: 9, comments: [comment] })
    const derived = await call()(ImportRun, other)
    await call()(ImportRun, other)
    expect(derived.outcome).toBe('derived')
    expect(await listed(derived.run_id)).toMatchObject([{ body: 'See @owner', run_id: derived.run_id }])
    expect(await listed(run_id)).toMatchObject([{ comment_id: 'c1', body: 'No.' }])
    for (const [field, value] of Object.entries({ author: '', created_at: -1 })) {
      const refused = onWire({ ...RUN, comments: [{ ...comment, [field]: value }] })
      await expect(call()(ImportRun, refused)).rejects.toThrow(field)
    }
  })

  test('keeps comments that were written here, and newer ones, and gives none a time in the future', async () => {
    const { run_id } = RUN
    const imported = (...comments: ImportedComment[]) => call()(ImportRun, onWire({ ...RUN, comments }))
    const comment = { comment_id: 'c1', body: 'new', author: 'mina', created_at: 5, updated_at: 7 }
    await imported(comment)
    const { comment: own } = await call()(CreateRunComment, { run_id, body: 'It is off.' })
    const forged = { ...comment, comment_id: own.comment_id, body: 'All is well.', updated_at: 2 ** 52 }
    const future = { ...comment, comment_id: 'c2', body: '@owner', created_at: 2 ** 52, updated_at: 2 ** 52 }
    const before = Date.now()
    await imported(forged, future, { ...comment, body: 'old', updated_at: 6 }, future)
    const { comments } = await call()(ListRunComments, { run_id })
    expect(comments).toEqual(
      expect.arrayContaining([
        { ...comment, run_id, own: false, imported_by: 'owner' },
        own,
        {
          ...{ ...future, run_id, own: false, imported_by: 'owner' },
          ...{ created_at: expect.any(Number), updated_at: expect.any(Number) },
        },
      ]),
    )
    expect(comments).toHaveLength(3)
    const { mentions } = await call()(ListMentions, {})
    expect(mentions.map((mention) => mention.comment.comment_id)).toEqual(['c2'])
    expect(mentions[0]!.comment.created_at).toBeLessThan(before + 60_000)
  })

  test('hides a run that is imported in several requests until the last one', async () => {
    await call()(ImportRun, { ...onWire(RUN), more: true })
    const search = async () => (await served.post('runs/search', { experiment_ids: ['0'] })).body.runs ?? []
    expect(await search()).toEqual([])
    await call()(ImportRun, { ...RUN, metrics: [{ key: 'loss', value: 1, timestamp: 9, step: 9 }] })
    expect(await search()).toHaveLength(1)
  })

  test('derives a deterministic id if another run has it, and records the original in a tag', async () => {
    await call()(ImportRun, onWire(RUN))
    const other = { ...RUN, start_time: 5 }
    const first = await call()(ImportRun, onWire(other))
    expect(first.outcome).toBe('derived')
    expect((await call()(ImportRun, onWire(other))).run_id).toBe(first.run_id)
    const { body } = await served.get('runs/get', { run_id: first.run_id })
    expect(body.run.data.tags).toContainEqual({ key: 'cairn.import.run_id', value: RUN.run_id })
  })

  test('rejects changed parameters and rolls the import back', async () => {
    await call()(ImportRun, onWire(RUN))
    const before = await call()(DigestRuns, { run_ids: [RUN.run_id] })
    const changed = { ...RUN, params: [{ key: 'lr', value: '1' }], tags: [{ key: 'new', value: '1' }] }
    await expect(call()(ImportRun, onWire(changed))).rejects.toThrow(
      /'lr' with another value: '0.1', not '1'/,
    )
    expect(await call()(DigestRuns, { run_ids: [RUN.run_id] })).toEqual(before)
  })

  test('keeps a free experiment id, finds the experiment by name, and adds missing tags', async () => {
    const input: ImportedExperiment = {
      experiment_id: '77',
      name: 'old',
      lifecycle_stage: 'deleted',
      creation_time: 5,
      tags: [{ key: 'a', value: '1' }],
    }
    expect(await call()(ImportExperiment, input)).toMatchObject({ experiment_id: '77', outcome: 'created' })
    expect(await call()(ImportExperiment, input)).toMatchObject({ experiment_id: '77', outcome: 'merged' })
    const file = await call()(ImportExperiment, { experiment_id: '435466812736872474', name: 'file store' })
    expect(file).toMatchObject({ experiment_id: '78', outcome: 'derived' })
    const { body } = await served.get('experiments/get', { experiment_id: '77' })
    expect(body.experiment).toMatchObject({ lifecycle_stage: 'deleted', creation_time: 5, tags: input.tags })
    await call()(ImportRun, { ...onWire(RUN), experiment_id: '77' })
  })

  test('updates the tags of a known experiment, also if it was renamed or deleted', async () => {
    const { experiment_id } = await call()(ImportExperiment, {
      name: 'old',
      tags: [{ key: 'a', value: '1' }],
    })
    await served.post('experiments/update', { experiment_id, new_name: 'renamed here' })
    await served.post('experiments/delete', { experiment_id })
    const tags = [
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
    ]
    const again = {
      name: 'renamed there',
      known_as: experiment_id,
      lifecycle_stage: 'deleted',
      tags,
    } as const
    expect(await call()(ImportExperiment, { ...again, tags: [...tags] })).toMatchObject({
      ...{ experiment_id, outcome: 'merged' },
    })
    const { body } = await served.get('experiments/get', { experiment_id })
    expect(body.experiment).toMatchObject({ name: 'renamed here', lifecycle_stage: 'deleted', tags })
    const unknown = { ...again, tags: [], known_as: '12345' }
    await expect(call()(ImportExperiment, unknown)).rejects.toThrow(/No Experiment with id=12345/)
  })

  test('restores a deleted experiment when an active one is imported', async () => {
    const { experiment_id } = await call()(ImportExperiment, { name: 'old' })
    await served.post('experiments/delete', { experiment_id })
    const stage = async () =>
      (await served.get('experiments/get', { experiment_id })).body.experiment.lifecycle_stage
    await call()(ImportExperiment, { name: 'old', lifecycle_stage: 'deleted' })
    expect(await stage()).toBe('deleted')
    await call()(ImportExperiment, { name: 'old', lifecycle_stage: 'active' })
    expect(await stage()).toBe('active')
  })

  test('keeps an empty run name in its tag', async () => {
    const tags = [{ key: 'mlflow.runName', value: '' }]
    await call()(ImportRun, { ...onWire(RUN), tags })
    const { body } = await served.get('runs/get', { run_id: RUN.run_id })
    expect([body.run.info.run_name, body.run.data.tags]).toEqual(['one', tags])
  })

  test('keeps the id, metrics and experiment of a logged model', async () => {
    const model = {
      model_id: `m-${'1'.repeat(32)}`,
      experiment_id: '0',
      name: 'als',
      status: 'LOGGED_MODEL_READY',
      creation_timestamp_ms: 5,
      last_updated_timestamp_ms: 6,
      params: [{ key: '', value: 'MLflow stores empty keys' }],
      tags: [{ key: 'a', value: '1' }],
      metrics: [{ key: 'auc', value: 0.9, timestamp: 1, step: 2, run_id: RUN.run_id, dataset_name: 'd' }],
    } as const
    const input = {
      ...model,
      params: [...model.params],
      tags: [...model.tags],
      metrics: [...model.metrics],
    }
    const both = await Promise.all([input, input].map((one) => call()(ImportLoggedModel, one)))
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['created', 'merged'])
    const { body } = await served.get(`logged-models/${model.model_id}`)
    expect(body.model.info).toMatchObject({ name: 'als', creation_timestamp_ms: 5, tags: model.tags })
    expect(body.model.data.params).toEqual(model.params)
    expect(body.model.data.metrics).toEqual([{ ...model.metrics[0], model_id: model.model_id }])
    const { experiment_id } = await call()(ImportExperiment, { name: 'other' })
    await expect(call()(ImportLoggedModel, { ...input, experiment_id })).rejects.toThrow(/is in experiment 0/)
  })

  test('stores files unchanged and returns the digest of the stored bytes', async () => {
    await call()(ImportRun, onWire(RUN))
    const put = (path: string) =>
      served.app.inject({
        method: 'PUT',
        url: importedArtifactPath('runs', RUN.run_id, path),
        headers: { 'content-type': 'application/json' },
        payload: 'hello',
      })
    const response = await put('sub/a b%20ü.txt')
    expect(response.json()).toEqual({
      size: 5,
      sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    })
    const { body } = await served.get('artifacts/list', { run_id: RUN.run_id, path: 'sub' })
    expect(body.files).toEqual([{ path: 'sub/a b%20ü.txt', is_dir: false, file_size: 5 }])
    expect((await put('../../escape')).statusCode).toBe(400)
  })
})
