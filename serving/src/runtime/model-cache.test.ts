import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { openBlobs } from '@cairn/platform/blobs/open'
import { expect, onTestFinished, test } from 'vitest'
import { ModelCache } from './model-cache.js'

test('fetches the folder of a model, but not the whole store or governed data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-models-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const proxied = await openBlobs(join(folder, 'store'))
  for (const key of ['MLmodel', 'tables/t/part.parquet', '1/model/MLmodel'])
    await proxied.put(key, Buffer.from(key))
  const cache = new ModelCache(join(folder, 'cache'), new ArtifactLocations({ proxied, roots: [], s3: {} }))
  expect(await cache.fetch('mlflow-artifacts:/1/model')).toContain('cache')
  await expect(cache.fetch('mlflow-artifacts:/')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  await expect(cache.fetch('mlflow-artifacts:/tables/t')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
})
