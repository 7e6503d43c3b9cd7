import type { Change } from '@cairn/platform/protocol/cairn/events'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, test } from 'vitest'
import { queryKeys } from '../api/query-keys.js'
import { affects, isLive } from './affected.js'
import { EventParser } from './event-parser.js'
import { Refresher } from './refresher.js'

describe('EventParser', () => {
  const TEXT =
    'retry: 2000\n\nid: 1-a\nevent: ready\ndata: {}\n\ndata: {"type":"run"}\r\n\r\nid: 2-b\n\n: nothing new\n\ndata: a\ndata:b\n\nid: half'

  test('parses the same events however the text is chunked', () => {
    const expected = [
      { id: '1-a', event: 'ready', data: '{}' },
      { data: '{"type":"run"}' },
      { id: '2-b' },
      { data: 'a\nb' },
    ]
    for (let size = 1; size < TEXT.length; size++) {
      const parser = new EventParser()
      const chunks = TEXT.match(new RegExp(`[^]{1,${size}}`, 'g'))!
      expect(
        chunks.flatMap((chunk) => parser.push(chunk)),
        `chunks of ${size}`,
      ).toEqual(expected)
    }
  })
})

describe('affects', () => {
  const run: Change = { type: 'run', experiment_id: '1', run_id: 'a' }
  const metrics: Change = { type: 'metrics', experiment_id: '1', run_id: 'a', keys: ['loss'] }
  const traces: Change = { type: 'traces', experiment_id: '1', trace_ids: ['tr-1'] }
  const { keys: _, ...manyMetrics } = metrics
  test.each<[Change, readonly unknown[], boolean]>([
    [run, queryKeys.runs('1', false, 'filter', undefined), true],
    [run, queryKeys.runs('2', false, '', undefined), false],
    [run, queryKeys.runGroups('1', {}), true],
    [run, queryKeys.runGroups('2', {}), false],
    [run, queryKeys.run('a'), true],
    [run, queryKeys.childRuns('1', 'parent'), true],
    [run, queryKeys.forks('1', 'a'), true],
    [run, queryKeys.forks('2', 'b'), true],
    [run, queryKeys.comments('a'), true],
    [run, queryKeys.mentions(), true],
    [run, queryKeys.childRuns('2', 'parent'), false],
    [run, queryKeys.metricHistory('loss', ['a']), false],
    [metrics, queryKeys.runGroups('1', {}), true],
    [metrics, queryKeys.run('a'), true],
    [metrics, queryKeys.runs('1', false, '', undefined), true],
    [metrics, queryKeys.metricHistory('loss', ['b', 'a']), true],
    [metrics, queryKeys.metricHistory('ndcg', ['a']), false],
    [metrics, queryKeys.metricHistory('loss', ['b']), false],
    [manyMetrics, queryKeys.metricHistory('ndcg', ['a']), true],
    [{ type: 'experiment', experiment_id: '1' }, queryKeys.experiments(false, 'search'), true],
    [{ type: 'experiment', experiment_id: '1' }, queryKeys.runs('1', false), true],
    [{ type: 'experiment', experiment_id: '1' }, queryKeys.experiment('2'), false],
    [{ type: 'model_version', name: 'm', version: '1' }, queryKeys.versions('m'), true],
    [{ type: 'model_alias', name: 'm', alias: 'champion' }, queryKeys.gate('m', '2'), true],
    [{ type: 'registered_model', name: 'm' }, queryKeys.model('n'), false],
    [{ type: 'endpoint', name: 'e' }, queryKeys.endpoints(), true],
    [{ type: 'endpoint', name: 'e' }, queryKeys.endpoint('f'), false],
    [{ type: 'job_run', run_id: '7' }, queryKeys.jobRun('7'), true],
    [traces, queryKeys.traces('1', '', '', undefined), true],
    [traces, queryKeys.traces('2', '', '', undefined), false],
    [traces, queryKeys.span('tr-1', 's'), true],
    [traces, queryKeys.trace('tr-2'), false],
    [traces, queryKeys.promptTraces('p', '1'), false],
    [{ type: 'traces', experiment_id: '1' }, queryKeys.trace('tr-2'), true],
    [{ type: 'logged_model', model_id: 'm-1' }, queryKeys.loggedModel('m-1'), true],
    [{ type: 'evaluation_dataset', dataset_id: 'd-1' }, queryKeys.evaluationRecords('d-2'), false],
    [{ type: 'alert', experiment_id: '1' }, queryKeys.alerts('unread'), true],
    [{ type: 'job_run', run_id: '7' }, queryKeys.alerts('pages'), true],
    [{ type: 'run', experiment_id: '1', run_id: 'r' }, queryKeys.alerts('unread'), false],
    [run, queryKeys.comparedRuns(['b', 'a'], {}), true],
    [metrics, queryKeys.comparedKeys(['a']), true],
    [metrics, queryKeys.comparedKeys(['b']), false],
    [run, queryKeys.me(), false],
  ])('%j, query %j: %s', (change, key, expected) => {
    expect(affects(change, key)).toBe(expected)
    if (expected) expect(isLive(key)).toBe(true)
  })
})

describe('Refresher', () => {
  const observe = (client: QueryClient, key: string, responseMs = 0) => {
    const fetches: number[] = []
    const observer = new QueryObserver(client, {
      queryKey: [key],
      queryFn: async () => {
        fetches.push(Date.now())
        await new Promise((resolve) => setTimeout(resolve, responseMs))
        return fetches.length
      },
    })
    return { fetches, unsubscribe: observer.subscribe(() => undefined) }
  }
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  test('refetches an active query after the minimum interval and only invalidates an inactive one', async () => {
    const client = new QueryClient()
    const active = observe(client, 'active')
    const inactive = observe(client, 'inactive')
    await until(() => client.isFetching() === 0)
    inactive.unsubscribe()
    const refresher = new Refresher(client)
    for (let i = 0; i < 20; i++) refresher.refresh(() => true)
    await until(() => active.fetches.length === 2)
    expect(active.fetches[1]! - active.fetches[0]!).toBeGreaterThanOrEqual(490)
    expect(inactive.fetches).toHaveLength(1)
    expect(client.getQueryState(['inactive'])?.isInvalidated).toBe(true)
    refresher.stop()
    active.unsubscribe()
    client.clear()
  })

  test('refetches a chart less often the more buckets it has', async () => {
    const client = new QueryClient()
    const times: number[] = []
    const bucket = { first_step: 0, last_step: 0, last: 1, last_timestamp: 0 }
    const observer = new QueryObserver(client, {
      queryKey: queryKeys.metricHistory('loss', ['a'], undefined, 10_000),
      queryFn: () => {
        times.push(Date.now())
        return { width: 1, runs: [{ run_id: 'a', buckets: Array.from({ length: 10_000 }, () => bucket) }] }
      },
    })
    const unsubscribe = observer.subscribe(() => undefined)
    await until(() => times.length === 1 && client.isFetching() === 0)
    const refresher = new Refresher(client)
    refresher.refresh(() => true)
    await until(() => times.length === 2)
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990)
    refresher.stop()
    unsubscribe()
    client.clear()
  })

  test.each([
    ['mentions', queryKeys.mentions()],
    ['forks', queryKeys.forks('1', 'a')],
  ])('refetches %s at most every five seconds, although each change of a run may be one', (_, queryKey) => {
    const fetchingAfter = (age: number) => {
      const client = new QueryClient()
      client.setQueryData(queryKey, [], { updatedAt: Date.now() - age })
      const observer = new QueryObserver(client, { queryKey, queryFn: () => [], refetchOnMount: false })
      const unsubscribe = observer.subscribe(() => undefined)
      const refresher = new Refresher(client)
      refresher.refresh(() => true)
      const fetching = client.isFetching()
      refresher.stop()
      unsubscribe()
      client.clear()
      return fetching
    }
    expect([fetchingAfter(2_000), fetchingAfter(6_000)]).toEqual([0, 1])
  })

  test('refetches a query although patches change its data all the time', async () => {
    const client = new QueryClient()
    const { fetches, unsubscribe } = observe(client, 'patched')
    await until(() => client.isFetching() === 0)
    const refresher = new Refresher(client)
    refresher.refresh(() => true)
    let patches = 0
    while (fetches.length < 2 && patches < 30) {
      client.setQueryData(['patched'], ++patches)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(fetches).toHaveLength(2)
    refresher.stop()
    unsubscribe()
    client.clear()
  })

  test('refetches once more after a fetch in progress', async () => {
    const client = new QueryClient()
    const { fetches, unsubscribe } = observe(client, 'slow', 100)
    const refresher = new Refresher(client)
    await until(() => fetches.length === 1)
    refresher.refresh(() => true)
    refresher.refresh(() => true)
    await until(() => fetches.length === 2 && client.isFetching() === 0)
    expect(fetches[1]! - fetches[0]!).toBeGreaterThanOrEqual(100)
    refresher.stop()
    unsubscribe()
    client.clear()
  })
})
