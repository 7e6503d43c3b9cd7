import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, test } from 'vitest'
import { queryKeys } from '../api/query-keys.js'
import { ComparedRunsPatcher } from '../runs/patch-compared.js'
import { PatchQueue } from './patch-queue.js'

const scope = globalThis as { document?: unknown }
const stops: (() => void)[] = []
afterEach(() => {
  delete scope.document
  for (const stop of stops.splice(0)) stop()
})

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** A query on screen that was loaded once, and a queue that appends what is pending to its list. */
async function open(
  read: (items: readonly string[]) => Promise<readonly string[] | undefined> = async (items) => items,
) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const queryKey = ['list']
  const loads: number[] = []
  const failing = { isOn: false }
  const observer = new QueryObserver(client, {
    queryKey,
    queryFn: () => {
      loads.push(Date.now())
      if (failing.isOn) throw new Error('unavailable')
      return [`load ${loads.length}`]
    },
  })
  const unsubscribe = observer.subscribe(() => undefined)
  await until(() => observer.getCurrentResult().isSuccess)
  const reads: (readonly string[])[] = []
  const query = client.getQueryCache().find({ queryKey })!
  const queue = new PatchQueue<readonly string[]>({
    client,
    intervalOf: () => 300,
    read: async (one, items) => {
      reads.push(items)
      const { data } = one.state as { data: readonly string[] }
      const added = await read(items)
      return added && [...data, ...added]
    },
    merge: (earlier, later) => [...earlier, ...later],
  })
  stops.push(() => {
    queue.stop()
    unsubscribe()
    client.clear()
  })
  const data = () => client.getQueryData<readonly string[]>(queryKey)
  return { client, queue, query, reads, loads, failing, data }
}

test('reads what is pending once in an interval', async () => {
  const { queue, query, reads, data } = await open()
  const loaded = query.state.dataUpdatedAt
  for (const item of ['a', 'b', 'c']) queue.put(query, [item])
  await until(() => reads.length === 1)
  expect(Date.now() - loaded).toBeGreaterThanOrEqual(300)
  expect(data()).toEqual(['load 1', 'a', 'b', 'c'])
  queue.put(query, ['d'])
  await until(() => reads.length === 2)
  expect(reads).toEqual([['a', 'b', 'c'], ['d']])
})

test('patches once more what was loaded meanwhile, and loads what cannot be patched', async () => {
  let isFirst = true
  const { client, queue, query, data } = await open(async (items) => {
    if (items.includes('unknown')) return undefined
    if (isFirst) client.setQueryData(['list'], ['other'])
    isFirst = false
    return items
  })
  queue.put(query, ['a'])
  await until(() => data()!.length === 2)
  expect(data()).toEqual(['other', 'a'])
  queue.put(query, ['unknown'])
  await until(() => data()![0] === 'load 2')
})

test('loads all again after a load that failed, at most once in an interval', async () => {
  const { queue, query, reads, loads, failing, data } = await open(async (items) => {
    if (failing.isOn) throw new Error('unavailable')
    return items
  })
  failing.isOn = true
  queue.put(query, ['a'])
  await until(() => query.state.status === 'error')
  queue.put(query, ['b'])
  await until(() => loads.length === 3)
  expect(loads[2]! - loads[1]!).toBeGreaterThanOrEqual(300)
  failing.isOn = false
  queue.put(query, ['c'])
  await until(() => query.state.status === 'success')
  expect([reads, data()]).toEqual([[['a']], ['load 4']])
})

test('keeps nothing of a query that was removed while it was read', async () => {
  let end = () => {}
  const { client, queue, query, reads, data } = await open((items) => {
    const ended = new Promise<readonly string[]>((resolve) => {
      end = () => resolve(items)
    })
    return ended
  })
  queue.put(query, ['a'])
  await until(() => reads.length === 1)
  client.clear()
  end()
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(data()).toBeUndefined()
})

test('reads nothing while the page is hidden', async () => {
  const { queue, query, reads, data } = await open()
  scope.document = { hidden: true }
  queue.put(query, ['a'])
  await new Promise((resolve) => setTimeout(resolve, 900))
  expect(reads).toEqual([])
  scope.document = { hidden: false }
  await until(() => reads.length === 1)
  expect(data()).toEqual(['load 1', 'a'])
})

test('a metric that compared runs do not show reads nothing of them', () => {
  const client = new QueryClient()
  const patcher = new ComparedRunsPatcher(client)
  const cache = client.getQueryCache()
  const keys = { metrics: ['ndcg'], params: [], tags: [] }
  const query = cache.build(client, { queryKey: queryKeys.comparedRuns(['a'], keys) })
  const all = cache.build(client, { queryKey: queryKeys.comparedRuns(['a'], {}) })
  const change = { type: 'metrics', experiment_id: '1', run_id: 'a' } as const
  expect(patcher.patch(query, { ...change, keys: ['loss'] })).toBe(true)
  expect(patcher.patch(query, { ...change, keys: ['loss', 'ndcg'] })).toBe(false) // not on screen
  expect(patcher.patch(query, change)).toBe(false)
  expect(patcher.patch(all, { ...change, keys: ['loss'] })).toBe(false)
  client.clear()
})
