import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../endpoint-state/config.js'
import { TestRegistry } from '../testing/registry.js'
import { ModelCache } from './model-cache.js'
import type { ModelHost } from './model-host.js'
import { ModelLoader } from './model-loader.js'
import { ModelPool } from './model-pool.js'

test('keeps the files of models that are loaded at the same time, whatever the limit of the cache', async () => {
  const registry = new TestRegistry(await DiskBlobs.open(newFolder()))
  for (const version of ['1', '2']) await registry.put(version)
  const locations = new ArtifactLocations({ proxied: registry.blobs, roots: [], s3: {} })
  const cache = new ModelCache(newFolder(), locations, 0)
  onTestFinished(() => cache.close())
  const started: string[] = []
  const pool = new ModelPool(async ({ folder }) => {
    started.push(readFileSync(join(folder, 'version.txt'), 'utf8'))
    return { close: async () => undefined } as unknown as ModelHost
  })
  const loader = new ModelLoader(registry.call, cache, pool)
  const load = (version: string, onStep: (sentence: string) => Promise<void>) => {
    const { entities } = parseConfig({
      served_entities: [{ entity_name: 'movies', entity_version: version }],
    })
    return loader.load(entities[0]!, version, { onStep, onLine: () => undefined })
  }
  // The second one is loaded while the first one is fetched, but not in the pool yet.
  await load('1', async (sentence) => {
    if (sentence.startsWith('Fetched')) await load('2', async () => undefined)
  })
  expect(started).toEqual(['2', '1'])
})
