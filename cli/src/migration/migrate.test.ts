import { inProcess } from '@cairn/platform/http/in-process'
import { createClient } from '@cairn/platform/protocol/client'
import { testApp } from '@cairn/platform/testing/app'
import { registry } from '@cairn/registry/plugin'
import { tracking } from '@cairn/tracking-server/plugin'
import { expect, test } from 'vitest'
import { Ledger } from './ledger.js'
import { type Migration, migrate } from './migrate.js'
import { Progress } from './progress.js'
import type { Source, SourceModel } from './source.js'
import { Target } from './target.js'
import { verify } from './verify.js'

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

const sourceOf = (one: SourceModel): Source => ({
  async *experiments() {
    yield { experiment_id: '7', name: '/movies' }
  },
  async *runs() {},
  async *history() {},
  async *loggedModels() {
    yield one
  },
  async *registeredModels() {},
  files: () => ({
    async *list() {},
    open: () => Promise.reject(new Error('has no files')),
  }),
  close() {},
})

test('a logged model comes with more points than one request holds', async () => {
  const served = await testApp(async (app, ground) => {
    await app.register(tracking, { ground })
    await app.register(registry, { ground })
  })
  try {
    const server = 'http://server'
    const fetch = inProcess(served.app)
    const call = createClient(server, { fetch })
    const migration: Migration = {
      source: sourceOf(model(12_001)),
      target: new Target({ server, fetch, call, token: undefined }),
      ledger: new Ledger(undefined, { from: 'here', server }),
      progress: new Progress(undefined),
      withArtifacts: true,
      experiments: [],
    }
    await migrate(migration)
    const differences: string[] = []
    const checks = await verify(migration, (sentence) => differences.push(sentence))
    expect(differences).toEqual([])
    expect(checks).toContainEqual({ what: 'logged models', source: 1, here: 1, differ: 0 })
  } finally {
    await served.close()
  }
})
