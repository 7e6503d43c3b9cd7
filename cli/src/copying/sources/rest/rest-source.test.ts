import { inProcess } from '@cairn/platform/http/in-process'
import { CreateRunComment } from '@cairn/platform/protocol/cairn/run-comments'
import { createClient, type Fetch } from '@cairn/platform/protocol/client'
import { CreateEvaluationDataset } from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import { CreateExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import { CreateRun } from '@cairn/platform/protocol/mlflow/runs'
import { RegisterScorer } from '@cairn/platform/protocol/mlflow/scorers'
import { CreateWebhook } from '@cairn/platform/protocol/mlflow/webhooks'
import { testApp } from '@cairn/platform/testing/app'
import { registry } from '@cairn/registry/plugin'
import { tracking } from '@cairn/tracking-server/plugin'
import { expect, test } from 'vitest'
import { RestComments } from './rest-comments.js'
import { RestSource } from './rest-source.js'

test('reads prompts with their versions, which unfiltered searches hide', async () => {
  const served = await testApp(async (app, context) => void (await app.register(registry, { context })))
  try {
    const post = (path: string, payload: object) =>
      served.app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, payload })
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }]
    await post('registered-models/create', { name: 'model' })
    await post('model-versions/create', { name: 'model', source: 's3://b/1' })
    await post('registered-models/create', { name: "ann's", tags })
    for (const _ of [1, 2])
      await post('model-versions/create', { name: "ann's", source: 'prompt-template', tags })
    const source = new RestSource('http://server', { fetch: inProcess(served.app), headers: {} })
    const found: (string | number)[][] = []
    for await (const { name, versions = [] } of source.registeredModels())
      found.push([name, ...versions.map(({ version }) => version)])
    expect(found).toEqual([
      ['model', 1],
      ["ann's", 1, 2],
    ])
  } finally {
    await served.close()
  }
})

test('counts what copies omit, and nothing of a kind that the server does not list', async () => {
  const served = await testApp(async (app, context) => {
    await app.register(tracking, { context })
    await app.register(registry, { context })
  })
  try {
    const call = served.context.client()
    const { experiment_id } = await call(CreateExperiment, { name: 'judged' })
    for (let i = 0; i < 101; i++) await call(CreateEvaluationDataset, { name: `questions ${i}` })
    await call(RegisterScorer, { experiment_id, name: 'length', serialized_scorer: '{}' })
    const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' } as const]
    await call(CreateWebhook, { name: 'hook', url: 'https://1.1.1.1/hook', events })
    const sourceWith = (refused: string, status: number, error_code = 'PERMISSION_DENIED') => {
      const fetch: Fetch = (url, init) =>
        url.includes(refused)
          ? Promise.resolve(Response.json({ error_code, message: '' }, { status }))
          : inProcess(served.app)(url, init)
      return new RestSource('http://server', { fetch, headers: {} })
    }
    const counts = async (source: RestSource) => (await source.notCopied()).map(({ count }) => count)
    expect(await counts(sourceWith('nothing', 200))).toEqual([101, 1, 1])
    expect(await counts(sourceWith('/datasets/search', 404))).toEqual([0, 1, 1])
    expect(await counts(sourceWith('/scorers/list', 403))).toEqual([101, 0, 1])
    // As MLflow with a file store.
    expect(await counts(sourceWith('/datasets/search', 500, 'FEATURE_DISABLED'))).toEqual([0, 1, 1])
    expect(await counts(sourceWith('/scorers/list', 500, 'INTERNAL_ERROR'))).toEqual([101, undefined, 1])
  } finally {
    await served.close()
  }
})

test('reads the comments on other runs after a run that was purged meanwhile, and asks a server without any once', async () => {
  const served = await testApp(async (app, context) => void (await app.register(tracking, { context })))
  try {
    const call = served.context.client()
    const { run_id } = (await call(CreateRun, { experiment_id: '0' })).run.info
    await call(CreateRunComment, { run_id, body: 'Is it off?' })
    const comments = new RestComments(call)
    expect(await comments.of('purged')).toEqual([])
    expect(await comments.of(run_id)).toMatchObject([{ body: 'Is it off?', author: 'owner' }])
    let requests = 0
    const fetch: Fetch = () => {
      requests++
      return Promise.resolve(new Response('<html>', { status: 404 }))
    }
    const ofMlflow = new RestComments(createClient('http://server', { fetch }))
    expect([await ofMlflow.of('a'), await ofMlflow.of('b'), requests]).toEqual([[], [], 1])
  } finally {
    await served.close()
  }
})
