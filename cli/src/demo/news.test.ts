import { FIRST_SERVED } from '@cairn/pipelines/tasks/demo-job'
import type { TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import type { Client } from '@cairn/platform/protocol/client'
import { expect, test } from 'vitest'
import { demoNews } from './news.js'

const recommended = {
  item_id: 7,
  title: 'Heat (1995)',
  score: 0.5,
  reasons: [{ type: 'item', title: 'Ronin' }],
}
const better = { name: 'better', passed: true, detail: 'NDCG@10 differs by +0.02: significantly better.' }

/** A server whose endpoint serves `state.version`. */
function server(state: { version: string | undefined }): Client {
  const answers: Record<string, () => unknown> = {
    getServingEndpoint: () => ({
      state: { ready: state.version ? 'READY' : 'NOT_READY' },
      config: { served_entities: [{ entity_version: state.version }] },
    }),
    getModelVersion: () => ({ model_version: { run_id: `run-${state.version}` } }),
    getRun: () => ({ run: { info: { run_name: `Model ${state.version}` } } }),
    queryServingEndpoint: () => ({ predictions: [{ recommendations: [recommended] }] }),
    listPromotions: () => ({ promotions: [{ version: '2', verdict: 'passed', checks: [better] }] }),
  }
  return (async (op: { id: string }) => answers[op.id]!()) as unknown as Client
}

const served = [{ task_key: FIRST_SERVED, result: 'SUCCESS' }] as unknown as TaskProgress[]

test('reports the first model with recommendations and addresses, and a take-over in one line', async () => {
  const state: { version: string | undefined } = { version: undefined }
  const news = demoNews(server(state), 'http://127.0.0.1:5000')
  expect(await news([])).toBeUndefined()
  state.version = '1'
  const first = await news(served)
  expect(first).toMatch(
    /Recommendations after Star Wars.*, by Model 1\n {2}1\. Heat \(1995\) .* because of Ronin\n/,
  )
  expect(first).toContain('Movie client  http://127.0.0.1:5000/movies/')
  expect(await news(served)).toBeUndefined()
  state.version = '2'
  expect(await news(served)).toBe(
    'movies is now served by version 2, Model 2 instead of version 1, Model 1. NDCG@10 differs by +0.02: significantly better.\n',
  )
  expect(await news(served)).toBeUndefined()
})

test('keeps silent while the endpoint restarts', async () => {
  const state: { version: string | undefined } = { version: '1' }
  const news = demoNews(server(state), 'http://x')
  await news(served)
  state.version = undefined
  expect(await news(served)).toBeUndefined()
})
