import type { Change } from '@cairn/platform/protocol/events'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, test } from 'vitest'
import { queryKeys } from '../api/query-keys.js'
import { affects, isLive } from './affected.js'
import { EventParser } from './event-parser.js'
import { Refresher } from './refresher.js'

describe('server-sent events', () => {
  const TEXT =
    'retry: 2000\n\nid: 1-a\nevent: ready\ndata: {}\n\ndata: {"type":"run"}\r\n\r\nid: 2-b\n\n: nothing new\n\ndata: a\ndata:b\n\nid: half'

  test('are the same however they are cut', () => {
    const expected = [
      { id: '1-a', event: 'ready', data: '{}' },
      { data: '{"type":"run"}' },
      { id: '2-b' },
      { data: 'a\nb' },
    ]
    for (let size = 1; size < TEXT.length; size++) {
      const parser = new EventParser()
      const pieces = TEXT.match(new RegExp(`[^]{1,${size}}`, 'g'))!
      expect(
        pieces.flatMap((piece) => parser.push(piece)),
        `cut by ${size}`,
      ).toEqual(expected)
    }
  })
})

describe('a change shows', () => {
  const run: Change = { type: 'run', experiment_id: '1', run_id: 'a' }
  const metrics: Change = { type: 'metrics', experiment_id: '1', run_id: 'a', keys: ['loss'] }
  const { keys: _, ...manyMetrics } = metrics
  test.each<[Change, readonly unknown[], boolean]>([
    [run, queryKeys.runs('1', 'filter', undefined, false), true],
    [run, queryKeys.runs('2', '', undefined, false), false],
    [run, queryKeys.run('a'), true],
    [run, queryKeys.metricHistory('loss', ['a']), false],
    [metrics, queryKeys.run('a'), true],
    [metrics, queryKeys.runs('1', '', undefined, false), true],
    [metrics, queryKeys.metricHistory('loss', ['b', 'a']), true],
    [metrics, queryKeys.metricHistory('ndcg', ['a']), false],
    [metrics, queryKeys.metricHistory('loss', ['b']), false],
    [manyMetrics, queryKeys.metricHistory('ndcg', ['a']), true],
    [{ type: 'experiment', experiment_id: '1' }, queryKeys.experiments('wish'), true],
    [{ type: 'experiment', experiment_id: '1' }, queryKeys.runs('1', ''), true],
    [{ type: 'experiment', experiment_id: '1' }, queryKeys.experiment('2'), false],
    [{ type: 'model_version', name: 'm', version: '1' }, queryKeys.versions('m'), true],
    [{ type: 'model_alias', name: 'm', alias: 'champion' }, queryKeys.gate('m', '2'), true],
    [{ type: 'registered_model', name: 'm' }, queryKeys.model('n'), false],
    [{ type: 'endpoint', name: 'e' }, queryKeys.endpoints(), true],
    [{ type: 'endpoint', name: 'e' }, queryKeys.endpoint('f'), false],
    [{ type: 'job_run', run_id: '7' }, queryKeys.jobRun('7'), true],
    [run, queryKeys.me(), false],
  ])('%j in %j: %s', (change, key, expected) => {
    expect(affects(change, key)).toBe(expected)
    if (expected) expect(isLive(key)).toBe(true)
  })
})

describe('what has changed', () => {
  const watched = (client: QueryClient, key: string, answerMs = 0) => {
    const asked: number[] = []
    const observer = new QueryObserver(client, {
      queryKey: [key],
      queryFn: async () => {
        asked.push(Date.now())
        await new Promise((resolve) => setTimeout(resolve, answerMs))
        return asked.length
      },
    })
    return { asked, leave: observer.subscribe(() => undefined) }
  }
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  test('is asked for again if it is in sight, as soon as it has rested; else it is only marked', async () => {
    const client = new QueryClient()
    const seen = watched(client, 'seen')
    const left = watched(client, 'left')
    await until(() => client.isFetching() === 0)
    left.leave()
    const refresher = new Refresher(client)
    for (let i = 0; i < 20; i++) refresher.refresh(() => true)
    await until(() => seen.asked.length === 2)
    expect(seen.asked[1]! - seen.asked[0]!).toBeGreaterThanOrEqual(490)
    expect(left.asked).toHaveLength(1)
    expect(client.getQueryState(['left'])?.isInvalidated).toBe(true)
    refresher.stop()
    seen.leave()
    client.clear()
  })

  test('while it is being asked for is asked for once more afterwards', async () => {
    const client = new QueryClient()
    const { asked, leave } = watched(client, 'slow', 100)
    const refresher = new Refresher(client)
    await until(() => asked.length === 1)
    refresher.refresh(() => true)
    refresher.refresh(() => true)
    await until(() => asked.length === 2 && client.isFetching() === 0)
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(100)
    refresher.stop()
    leave()
    client.clear()
  })
})
