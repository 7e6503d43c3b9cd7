import { CreateLoggedModel } from '@cairn/platform/protocol/mlflow/logged-models'
import {
  CreateModelVersion,
  GetModelVersionDownloadUri,
} from '@cairn/platform/protocol/mlflow/model-versions'
import { CreateRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import { CreateRun } from '@cairn/platform/protocol/mlflow/runs'
import { testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { registry } from '@cairn/registry/plugin'
import { tracking } from '@cairn/tracking-server/plugin'
import { describe, expect, test } from 'vitest'

describe.each(databases)('versions whose source is of a run, on %s', (_, database) => {
  test('have the files of its logged model of that name, or of its folder', async () => {
    const served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        await app.register(registry, { context })
      },
      { database },
    )
    try {
      const call = served.context.client()
      const { run } = await call(CreateRun, { experiment_id: '0' })
      const { run_id: source_run_id, artifact_uri } = run.info
      const models = []
      for (const name of ['als', 'other', 'als'])
        models.push(await call(CreateLoggedModel, { experiment_id: '0', name, source_run_id }))
      await call(CreateRegisteredModel, { name: 'movies' })
      const located = async (path: string) => {
        const source = `runs:/${source_run_id}/${path}`
        const { model_version } = await call(CreateModelVersion, { name: 'movies', source })
        const version = { name: 'movies', version: model_version.version }
        return (await call(GetModelVersionDownloadUri, version)).artifact_uri
      }
      const ofName = [models[0]!, models[2]!].map(({ model }) => model.info.artifact_uri)
      expect(ofName).toContain(await located('als'))
      expect(await located('other')).toBe(models[1]!.model.info.artifact_uri)
      for (const path of ['als/deeper', 'unknown', "it's", 'a "b" \\ c'])
        expect(await located(path)).toBe(`${artifact_uri}/${path}`)
    } finally {
      await served.close()
    }
  })
})
