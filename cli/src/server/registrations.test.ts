import { testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { registry } from '@cairn/registry/plugin'
import { tracking } from '@cairn/tracking-server/plugin'
import { expect, test } from 'vitest'

test.each(databases)(
  'on %s, a logged model lists all versions that were registered concurrently',
  async (_, database) => {
    const served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        await app.register(registry, { context })
      },
      { database },
    )
    try {
      const mlflow = async (method: 'GET' | 'POST', path: string, payload?: object) =>
        (
          await served.app.inject({ method, url: `/api/2.0/mlflow/${path}`, ...(payload && { payload }) })
        ).json()
      const { model_id } = (await mlflow('POST', 'logged-models', { experiment_id: '0' })).model.info
      const names = Array.from({ length: 6 }, (_, i) => `model-${i}`)
      for (const name of names) await mlflow('POST', 'registered-models/create', { name })
      const source = `models:/${model_id}`
      await Promise.all(
        names.map((name) => mlflow('POST', 'model-versions/create', { name, source, model_id })),
      )
      const { tags } = (await mlflow('GET', `logged-models/${model_id}`)).model.info
      const noted = JSON.parse(tags[0].value) as { name: string; version: number }[]
      expect(noted.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(
        names.map((name) => `${name} 1`),
      )
    } finally {
      await served.close()
    }
  },
)
