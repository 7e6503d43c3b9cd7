import { inProcess } from '@cairn/platform/http/in-process'
import { testApp } from '@cairn/platform/testing/app'
import { registry } from '@cairn/registry/plugin'
import { expect, test } from 'vitest'
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
