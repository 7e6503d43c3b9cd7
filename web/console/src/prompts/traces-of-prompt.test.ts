import { expect, test, vi } from 'vitest'
import { tracesOfPrompt } from './traces-of-prompt.js'

test('searches the traces of all pages of experiments', async () => {
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }) => {
    const { page_token, locations } = JSON.parse(body)
    if (path.endsWith('experiments/search'))
      return Response.json({
        experiments: [{ experiment_id: page_token ? '2' : '1' }],
        ...(!page_token && { next_page_token: 'more' }),
      })
    const id = locations[0].mlflow_experiment.experiment_id
    return Response.json({ traces: [{ trace_id: id, request_time: `2026-01-0${id}T00:00:00Z` }] })
  })
  const found = await tracesOfPrompt('p', '1')
  vi.unstubAllGlobals()
  expect(found.map(({ trace_id }) => trace_id)).toEqual(['2', '1'])
})
