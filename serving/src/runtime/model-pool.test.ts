import { alsFiles } from '@cairn/flavors/als/write'
import { anAlsModel } from '@cairn/flavors/testing/als-model'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { predictionsOf } from '../testing/predictions.js'
import type { ModelHost } from './model-host.js'
import { ModelPool } from './model-pool.js'

async function modelFolder(change: Record<string, string> = {}) {
  const folder = newFolder()
  await writeFolder(folder, { ...alsFiles(anAlsModel()), ...change })
  return folder
}

const ROW = { dataframe_records: [{ history: [1], k: 1 }] }

test('shares one thread for equal files, and closes it with its last lease', async () => {
  const pool = new ModelPool()
  const model = { digest: 'a', folder: await modelFolder() }
  const [first, second] = await Promise.all([pool.acquire(model), pool.acquire(model)])
  const other = await pool.acquire({ ...model, digest: 'b' })
  expect(second.host).toBe(first.host)
  expect(other.host).not.toBe(first.host)
  await first.release()
  expect(await predictionsOf(second.host, ROW)).toHaveLength(1)
  expect(pool.digests).toEqual(new Set(['a', 'b']))
  await second.release()
  expect(second.host.failure).toBeDefined()
  expect(pool.digests).toEqual(new Set(['b']))
  await other.release()
})

test('models with different variables do not share a host', async () => {
  const started: (string | undefined)[] = []
  const pool = new ModelPool(async (model) => {
    started.push(model.variables?.key)
    return { close: async () => undefined } as unknown as ModelHost
  })
  const model = { digest: 'a', folder: '' }
  const withKey = (key: string) => ({ ...model, variables: { values: {}, secrets: [], key } })
  const leases = await Promise.all(
    [model, withKey('x'), withKey('y'), withKey('x')].map((one) => pool.acquire(one)),
  )
  expect(started).toEqual([undefined, 'x', 'y'])
  expect(leases[1]!.host).toBe(leases[3]!.host)
  expect(pool.digests).toEqual(new Set(['a']))
})

test('starts another thread when the shared one has failed', async () => {
  const pool = new ModelPool()
  const model = { digest: 'a', folder: await modelFolder() }
  const failed = await pool.acquire(model)
  await failed.host.close()
  const next = await pool.acquire(model)
  await failed.release()
  expect(await predictionsOf(next.host, ROW)).toHaveLength(1)
  await next.release()
})

test('keeps nothing of a model that cannot be loaded', async () => {
  const pool = new ModelPool()
  const broken = { digest: 'a', folder: await modelFolder({ MLmodel: 'flavors: {}' }) }
  await expect(Promise.all([pool.acquire(broken), pool.acquire(broken)])).rejects.toThrow(/flavor/)
  expect(pool.digests.size).toBe(0)
  const lease = await pool.acquire({ digest: 'a', folder: await modelFolder() })
  await lease.release()
})
