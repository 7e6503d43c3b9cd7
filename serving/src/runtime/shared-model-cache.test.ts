import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { newFolder } from '@cairn/platform/testing/folders'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { ModelCache } from './model-cache.js'

const URI = 'mlflow-artifacts:/1/model'
const NOTHING = new Set<string>()

let blobs: DiskBlobs
let folder: string
beforeEach(async () => {
  blobs = await DiskBlobs.open(newFolder())
  folder = newFolder()
  await blobs.put('1/model/MLmodel', Buffer.from('flavors: {}'))
})

/** The cache as another server opens it. */
function aServer(maxBytes = 0) {
  const cache = new ModelCache(folder, new ArtifactLocations({ proxied: blobs, roots: [], s3: {} }), maxBytes)
  onTestFinished(() => cache.close())
  return cache
}
const fetchWith = (cache: ModelCache) => cache.fetch(URI, () => NOTHING)
const names = () => readdirSync(folder).filter((name) => name !== 'holders')

test('a server keeps the models of another one until that ends', async () => {
  const [one, other] = [aServer(), aServer()]
  const { digest } = await fetchWith(other)
  for (const act of [() => one.evict(NOTHING), () => one.remove(digest)]) await act()
  expect(names()).toEqual([digest])
  expect(await one.unused(NOTHING)).toEqual([])
  await other.close()
  expect(await one.unused(NOTHING)).toMatchObject([{ digest, files: 1 }])
  await one.evict(NOTHING)
  expect(names()).toEqual([])
})

test('a server releases the models that it does not use', async () => {
  const [one, other] = [aServer(), aServer()]
  const { digest } = await fetchWith(other)
  await other.unused(NOTHING)
  expect(await one.unused(NOTHING)).toEqual([]) // it may be loading
  const [mark] = readdirSync(join(folder, 'holders'), { recursive: true })
    .map(String)
    .filter((path) => path.endsWith(digest))
  utimesSync(join(folder, 'holders', mark!), 1, 1)
  await other.unused(new Set([digest]))
  expect(await one.unused(NOTHING)).toEqual([])
  await other.unused(NOTHING)
  expect(await one.unused(NOTHING)).toMatchObject([{ digest }])
})

test('a server that loads several models at once releases each model once', async () => {
  const one = aServer()
  await fetchWith(one)
  const [holder] = readdirSync(join(folder, 'holders'))
  for (let n = 0; n < 100; n++) {
    const mark = join(folder, 'holders', holder!, String(n).padStart(64, '0'))
    writeFileSync(mark, '')
    utimesSync(mark, 1, 1)
  }
  await Promise.all([one.evict(NOTHING), one.evict(NOTHING), one.evict(NOTHING)])
  expect(readdirSync(join(folder, 'holders', holder!))).toHaveLength(1) // it may be loading
})

test('downloads and removals of a server that runs are kept, those of one that has ended are deleted', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const [namespace] = newProcessId().split('-')
  const [running, ended] = [newProcessId(), [namespace, pid, '1', 'x'].join('-')]
  for (const holder of [running, ended])
    for (const name of ['download.part', 'model.removed'])
      mkdirSync(join(folder, 'holders', holder, name), { recursive: true })
  utimesSync(join(folder, 'holders', running!), 1, 1) // it was paused
  await aServer().removeLeftovers()
  expect(readdirSync(join(folder, 'holders'))).toEqual([running])
  expect(readdirSync(join(folder, 'holders', running)).sort()).toEqual(['download.part', 'model.removed'])
})

test('a model that a server finds is there, even if another one was about to remove it', async () => {
  const found: boolean[] = []
  for (let round = 0; round < 100; round++) {
    const [one, other] = [aServer(), aServer()]
    const { digest } = await fetchWith(one)
    const [model] = await Promise.all([other.find(digest), one.remove(digest)])
    found.push(model !== undefined)
    if (model) expect(names()).toEqual([digest])
    for (const cache of [one, other]) await cache.close()
  }
  expect(found).toContain(true)
})
