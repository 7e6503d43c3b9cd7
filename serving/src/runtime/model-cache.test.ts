import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { openBlobs } from '@cairn/platform/blobs/open'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { ModelCache } from './model-cache.js'

let folder: string
let proxied: Blobs
let cache: ModelCache
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-models-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  proxied = await openBlobs(join(folder, 'store'))
  cache = newCache()
})

const newCache = (maxBytes?: number) =>
  new ModelCache(join(folder, 'cache'), new ArtifactLocations({ proxied, roots: [], s3: {} }), maxBytes)
const fetch = (uri: string) => cache.fetch(uri, () => new Set())
const put = (key: string, text = key) => proxied.put(key, Buffer.from(text))
const cached = () =>
  readdirSync(join(folder, 'cache'))
    .filter((name) => name !== 'holders')
    .sort()

test('fetches the folder of a model, but not the whole store or governed data', async () => {
  for (const key of ['MLmodel', 'tables/t/part.parquet', '1/model/MLmodel']) await put(key)
  const { folder: model } = await fetch('mlflow-artifacts:/1/model')
  expect(readFileSync(join(model, 'MLmodel'), 'utf8')).toBe('1/model/MLmodel')
  await expect(fetch('mlflow-artifacts:/')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  await expect(fetch('mlflow-artifacts:/tables/t')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
})

test('fetches the new files of a path that was written again', async () => {
  await put('1/model/MLmodel', 'one')
  const first = await fetch('mlflow-artifacts:/1/model')
  await put('1/model/MLmodel', 'two')
  const second = await fetch('mlflow-artifacts:/1/model')
  expect([first, second].map((model) => readFileSync(join(model.folder, 'MLmodel'), 'utf8'))).toEqual([
    'one',
    'two',
  ])
  expect(second.digest).not.toBe(first.digest)
})

test('shares the folder of equal files at different paths', async () => {
  for (const at of ['1/a', '2/b']) await put(`${at}/MLmodel`, 'same')
  const [a, b] = await Promise.all(['1/a', '2/b'].map((at) => fetch(`mlflow-artifacts:/${at}`)))
  expect(b).toEqual(a)
  expect(cached()).toEqual([a!.digest])
  await put('3/c/other', 'same')
  expect((await fetch('mlflow-artifacts:/3/c')).digest).not.toBe(a!.digest)
})

test('replaces files that were damaged in the cache', async () => {
  await put('1/model/MLmodel', 'right')
  const { folder: model } = await fetch('mlflow-artifacts:/1/model')
  writeFileSync(join(model, 'MLmodel'), 'wrong')
  await fetch('mlflow-artifacts:/1/model')
  expect(readFileSync(join(model, 'MLmodel'), 'utf8')).toBe('right')
})

test('evicts the least recently fetched folders that are not in use, and leftovers of other releases', async () => {
  const small = newCache(10)
  const digests: string[] = []
  for (const name of ['a', 'b', 'c']) {
    await put(`${name}/MLmodel`, `model ${name}`) // 7 bytes
    digests.push((await small.fetch(`mlflow-artifacts:/${name}`, () => new Set())).digest)
  }
  writeFileSync(join(folder, 'cache', 'of-an-older-release'), '')
  await small.evict(new Set([digests[0]!]))
  expect(cached()).toEqual([digests[0]!, digests[2]!].sort())
})

test('lists no folder that is removed meanwhile', async () => {
  for (const name of ['a', 'b']) await put(`${name}/MLmodel`, name)
  const [removed, kept] = [await fetch('mlflow-artifacts:/a'), await fetch('mlflow-artifacts:/b')]
  class Removing extends Set<string> {
    override has(digest: string): boolean {
      if (digest === removed.digest) rmSync(removed.folder, { recursive: true })
      return false
    }
  }
  expect(await cache.unused(new Removing())).toMatchObject([{ digest: kept.digest, files: 1 }])
})

test('removes models that nothing uses when the disk is full', async ({ skip }) => {
  const disk = join(folder, 'cache')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    skip('a full disk can only be tried where a small file system may be mounted (root)')
  }
  onTestFinished(() => void execFileSync('umount', [disk]))
  for (const [key, size] of [
    ['old', 400],
    ['used', 400],
    ['new', 500],
    ['large', 1500],
  ] as const)
    await put(`${key}/MLmodel`, key.repeat((size * 1024) / key.length))
  const [old, used] = [await fetch('mlflow-artifacts:/old'), await fetch('mlflow-artifacts:/used')]
  for (const { folder } of [old, used]) utimesSync(folder, 1, 1)
  const inUse = () => new Set([used.digest])
  const { digest } = await cache.fetch('mlflow-artifacts:/new', inUse)
  expect(cached()).toEqual([used.digest, digest].sort())
  await expect(cache.fetch('mlflow-artifacts:/large', inUse)).rejects.toMatchObject({
    code: 'INSUFFICIENT_STORAGE',
    message: expect.stringContaining('mlflow-artifacts:/large'),
  })
  expect(cached()).toEqual([used.digest, digest].sort()) // it was fetched a moment ago
})
