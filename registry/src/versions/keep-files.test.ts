import { handle } from '@cairn/platform/http/handle'
import { KeepFiles } from '@cairn/platform/protocol/cairn/garbage'
import { ImportRegisteredModel } from '@cairn/platform/protocol/cairn/imports'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import { CreateModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import { CreateRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import { testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { describe, expect, test } from 'vitest'
import { registry } from '../plugin.js'

describe.each(databases)('the files of versions on %s', (_name, database) => {
  test('are protected before the version is visible, whether created or imported', async () => {
    const kept: unknown[] = []
    const served = await testApp(
      async (app, context) => {
        await app.register(registry, { context })
        handle(app, KeepFiles, async ({ locations }) => {
          const known = await context.client()(ListVersionLocations, {})
          kept.push([locations, known.locations.length])
          return {}
        })
      },
      { database },
    )
    const call = served.context.client()
    await call(CreateRegisteredModel, { name: 'm' })
    await call(CreateModelVersion, { name: 'm', source: 's3://b/one' })
    await call(CreateModelVersion, { name: 'm', source: 'models:/m/1' })
    const times = { creation_timestamp: 1, last_updated_timestamp: 1 }
    const versions = [3, 4].map((version) => ({ version, source: `s3://b/${version}`, ...times }))
    const deleted = { version: 5, current_stage: 'Deleted_Internal', ...times }
    await call(ImportRegisteredModel, { name: 'old', ...times, versions: [...versions, deleted] })
    expect(kept).toEqual([
      [['s3://b/one'], 0],
      [['s3://b/one'], 1],
      [['s3://b/3', 's3://b/4'], 2],
    ])
    await served.close()
  })
})
