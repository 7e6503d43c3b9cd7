import { Readable } from 'node:stream'
import type { ImportedModel } from '@cairn/platform/protocol/cairn/imports'
import { GetModelVersionDownloadUri } from '@cairn/platform/protocol/mlflow/model-versions'
import { expect, test } from 'vitest'
import type { Source, SourceModel, SourceRun, SourceTrace } from '../copying/sources/source.js'
import { dryRun } from './dry-run.js'
import { migrate } from './migrate.js'
import type { Migration } from './migration.js'
import { migrationTo, startTestServer } from './testing/servers.js'
import { skippedLinks, verify } from './verify.js'

const model = (points: number): SourceModel => ({
  model_id: `m-${'1'.repeat(32)}`,
  experiment_id: '7',
  name: 'als',
  artifact_uri: '',
  status: 'LOGGED_MODEL_READY',
  creation_timestamp_ms: 5,
  last_updated_timestamp_ms: 6,
  lifecycle_stage: 'active',
  params: [{ key: 'rank', value: '8' }],
  tags: [{ key: 'team', value: 'a' }],
  metrics: Array.from({ length: points }, (_, step) => ({
    ...{ key: 'loss', value: 1 / (step + 1), timestamp: step, step },
    run_id: 'a'.repeat(32),
  })),
})

const IS_PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' }

const prompt = (versions: number): ImportedModel => ({
  name: 'prompt',
  creation_timestamp: 1,
  last_updated_timestamp: 1,
  tags: [IS_PROMPT],
  versions: Array.from({ length: versions }, (_, i) => ({
    ...{ version: i + 1, creation_timestamp: 1, last_updated_timestamp: 1, current_stage: 'None' },
    ...{ source: 'prompt-template', run_id: '' },
    tags: [IS_PROMPT, { key: 'mlflow.prompt.text', value: `${i}${'я'.repeat(99_000)}` }],
  })),
  aliases: [{ alias: 'best', version: versions }],
})

const sourceOf = (loggedModel: SourceModel, registered: readonly ImportedModel[] = []): Source => ({
  async *experiments() {
    yield { experiment_id: '7', name: '/movies' }
  },
  async *runs() {},
  async *history() {},
  async *loggedModels() {
    yield loggedModel
  },
  async *traces() {},
  spans: async () => [],
  async *registeredModels() {
    yield* registered
  },
  files: () => ({
    async *list() {},
    open: () => Promise.reject(new Error('has no files')),
  }),
  notCopied: async () => [],
  close() {},
})

/** Migrates the source and expects a number of differences. @returns the checks of the verification */
async function migrated(
  source: Source,
  inspect: (migration: Migration) => Promise<void> = async () => {},
  expectedDifferences = 0,
) {
  const server = await startTestServer()
  try {
    const migration = migrationTo(server, source)
    await migrate(migration)
    const differences: string[] = []
    const checks = await verify(migration, (sentence) => differences.push(sentence))
    expect(differences).toHaveLength(expectedDifferences)
    await inspect(migration)
    return checks
  } finally {
    await server.served.close()
  }
}

test('migrates a logged model with more points than fit into a request', async () => {
  const checks = await migrated(sourceOf(model(12_001)))
  expect(checks).toContainEqual({ what: 'logged models', source: 1, here: 1, differ: 0 })
})

test('migrates infinities, NaN and duplicate points of a logged model', async () => {
  const [point] = model(1).metrics!
  const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1, 1]
  const metrics = values.map((value) => ({ ...point!, key: `is ${value}`, value }))
  const checks = await migrated(sourceOf({ ...model(0), metrics }))
  expect(checks).toContainEqual({ what: 'logged models', source: 1, here: 1, differ: 0 })
})

test('migrates a prompt whose versions do not fit into one request', async () => {
  const checks = await migrated(sourceOf(model(0), [prompt(90)]))
  expect(checks).toContainEqual({ what: 'versions', source: 90, here: 90, differ: 0 })
})

test('resolves the files of a copied version although its original is migrated later', async () => {
  const copyOf = (name: string, source: string, at: number): ImportedModel => ({
    ...{ name, creation_timestamp: at, last_updated_timestamp: at },
    versions: [
      {
        ...{ version: 1, creation_timestamp: at, last_updated_timestamp: at, current_stage: 'None' },
        ...{ source, run_id: '' },
      },
    ],
  })
  const models = [copyOf('a', 'models:/b/1', 3), copyOf('b', 'models:/c/1', 2), copyOf('c', 's3://far/c', 1)]
  await migrated(sourceOf(model(0), models), async ({ target }) => {
    for (const { name } of models)
      expect(await target.call(GetModelVersionDownloadUri, { name, version: '1' })).toEqual({
        artifact_uri: 's3://far/c',
      })
  })
})

test('migrates everything but the runs and models that the target refuses, and names these', async () => {
  const run = {
    experiment_id: '7',
    start_time: 1,
    status: 'FINISHED',
    artifact_uri: '',
    metrics: [],
  } as const
  const [good, bad] = ['a'.repeat(32), 'b'.repeat(32)]
  const source: Source = {
    ...sourceOf({ ...model(0), name: '' }, [{ ...prompt(1), name: '' }, prompt(1)]),
    async *runs() {
      yield { ...run, run_id: bad!, params: [{ key: '', value: '1' }] }
      yield { ...run, run_id: good! }
    },
  }
  await migrated(source, async (migration) => {
    expect(migration.ledger.seen('run').map(({ id }) => id)).toEqual([good])
    expect(migration.ledger.seen('registered model').map(({ id }) => id)).toEqual(['prompt'])
    expect(await migrate(migration)).toEqual([
      expect.stringMatching(`^The target refused the logged model ${model(0).model_id}: .*'name'`),
      expect.stringMatching(`^The target refused the run ${bad}: .*'params\\[0\\].key'`),
      expect.stringMatching("^The target refused the registered model '': .*'name'"),
    ])
  })
})

test('migrates everything but the experiments and traces that the target refuses, and names these', async () => {
  const trace = (trace_id: string, request_time: string): SourceTrace => ({
    trace: {
      trace_info: {
        ...{ trace_id, request_time, state: 'OK', execution_duration: '1s' },
        trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '7' } },
      },
    },
  })
  const source: Source = {
    ...sourceOf(model(0)),
    async *experiments() {
      yield { experiment_id: '6', name: '' }
      yield { experiment_id: '7', name: '/movies' }
    },
    async *traces() {
      yield trace('tr-bad', 'yesterday')
      yield trace('tr-good', '2026-01-01T00:00:00Z')
    },
  }
  await migrated(source, async (migration) => {
    expect(migration.ledger.seen('experiment').map(({ id }) => id)).toEqual(['7'])
    expect(migration.ledger.seen('trace').map(({ id }) => id)).toEqual(['tr-good'])
    expect(await migrate(migration)).toEqual([
      expect.stringMatching("^The target refused the experiment '' with everything in it: .*'name'"),
      expect.stringMatching('^The target refused the trace tr-bad: .*request_time'),
    ])
  })
})

test('records each skipped link once for the final report', async () => {
  const source: Source = {
    ...sourceOf(model(0)),
    files: () => ({
      async *list(onSkipped) {
        for (const sentence of ['etc is outside.', 'etc is outside.']) onSkipped?.(sentence)
        yield* []
      },
      open: () => Promise.reject(new Error('has no files')),
    }),
  }
  await migrated(source, async ({ ledger }) => expect(skippedLinks(ledger)).toEqual(['etc is outside.']))
})

test('skips files whose names the target refuses, migrates the others, and copies none of them again', async () => {
  const opened: string[] = []
  const source: Source = {
    ...sourceOf(model(0)),
    files: () => ({
      async *list() {
        for (const path of ['a.txt', 'b\\c.txt', 'd.txt']) yield { path, size: 1 }
      },
      open: async (path) => {
        opened.push(path)
        return Readable.from([Buffer.from('x')])
      },
    }),
  }
  await migrated(source, async (migration) => {
    const { ledger, target } = migration
    const { model_id } = model(0)
    const refused = `The server refused the artifact 'b\\c.txt' of ${model_id}: Invalid path`
    expect(skippedLinks(ledger)).toEqual([refused])
    expect([...(await target.sizes('logged-models', model_id))!.keys()]).toEqual(['a.txt', 'd.txt'])
    opened.length = 0
    await migrate(migration)
    expect(opened).toEqual([])
    expect(skippedLinks(ledger)).toEqual([refused])
  })
})

test('migrates everything else if the source cannot read some files, and copies them as soon as it can', async () => {
  const a = 'a'.repeat(32)
  const b = 'b'.repeat(32)
  let isBroken = true
  const source: Source = {
    ...sourceOf(model(0)),
    async *runs() {
      for (const run_id of [a, b])
        yield {
          ...{ run_id, experiment_id: '7', start_time: 1, artifact_uri: '', metrics: [] },
          status: 'FINISHED',
        } satisfies SourceRun
    },
    files: (kind, owner) => ({
      async *list() {
        if (kind === 'logged-models' && isBroken) throw new Error('The bucket is gone.')
        yield { path: 'ok.txt', size: 2 }
        if (kind === 'runs') yield { path: 'sub/half.txt', size: 6 }
      },
      open: async (path) => {
        const breaks = isBroken && path.startsWith('sub') && 'run_id' in owner && owner.run_id === b
        if (!breaks) return Readable.from([Buffer.from(path === 'ok.txt' ? 'ok' : 'halved')])
        return Readable.from(
          (async function* () {
            yield Buffer.from('hal')
            throw new Error('The disk is broken.')
          })(),
        )
      },
    }),
  }
  await migrated(
    source,
    async (migration) => {
      const { id: modelId } = migration.ledger.seen('logged model')[0]!
      const reports: string[] = []
      const isFailed = (await verify(migration, (sentence) => reports.push(sentence))).filter(
        ({ differ }) => differ > 0,
      )
      expect(isFailed).toEqual([{ what: 'artifacts', source: 2, here: 2, differ: 2 }])
      expect(reports).toEqual([
        `The artifacts of the run ${b} cannot be read: The disk is broken.`,
        `The artifacts of the logged model ${modelId} cannot be read: The bucket is gone.`,
      ])
      expect(
        await dryRun(source, migration.progress, { withArtifacts: true, withTraces: true, experiments: [] }),
      ).toEqual([reports[1]])
      isBroken = false
      await migrate(migration)
      const repaired = await verify(migration, (sentence) => reports.push(sentence))
      expect(repaired).toContainEqual({ what: 'artifacts', source: 5, here: 5, differ: 0 })
      expect(reports).toHaveLength(2)
      expect(await migration.target.sizes('runs', b)).toEqual(
        new Map([
          ['ok.txt', 2],
          ['sub/half.txt', 6],
        ]),
      )
    },
    2,
  )
})

test('copies points that were added since the first run, of finished runs as well', async () => {
  const points = new Map([
    ['e'.repeat(32), 1],
    ['f'.repeat(32), 1],
    ['9'.repeat(32), 1],
  ])
  const [running, ended] = [...points.keys()]
  const read: string[] = []
  const source: Source = {
    ...sourceOf(model(0)),
    async *runs() {
      for (const [run_id, count] of points)
        yield {
          ...{ run_id, experiment_id: '7', start_time: 1, artifact_uri: '' },
          status: run_id === running ? 'RUNNING' : 'FINISHED',
          // The extent of the running one does not change.
          metrics: [{ key: 'loss', extent: run_id === running ? 'unknown' : count }],
        } satisfies SourceRun
    },
    async *history({ run_id }) {
      read.push(run_id)
      yield Array.from({ length: points.get(run_id)! }, (_, step) => ({
        ...{ key: 'loss', value: 1, timestamp: step, step },
      }))
    },
  }
  await migrated(source, async (migration) => {
    for (const id of [running!, ended!]) points.set(id, 3)
    read.length = 0
    await migrate(migration)
    expect(read.sort()).toEqual([running, ended].sort())
    expect(await verify(migration, () => {})).toContainEqual({
      ...{ what: 'metrics', source: 7, here: 7, differ: 0 },
    })
  })
})
