import { afterEach, expect, test, vi } from 'vitest'
import { toRow } from '../runs/row.js'
import { readChildren } from './read-children.js'

afterEach(() => void vi.unstubAllGlobals())

const runOf = (run_id: string, metrics: readonly string[]) => ({
  info: { run_id, experiment_id: '1' },
  data: { metrics: metrics.map((key) => ({ key, value: 1, step: 0, timestamp: 0 })) },
})
type TestRun = ReturnType<typeof runOf>
interface RunsRequest {
  readonly metrics?: string[]
  readonly projection?: { readonly metrics: string[] }
  readonly run_ids?: string[]
}

/** Answers as a server with these children and keys. @returns the requests that it got */
function serve(children: readonly TestRun[], keys: readonly string[]) {
  const requests: RunsRequest[] = []
  vi.stubGlobal('fetch', async (path: string, { body }: { body?: string } = {}) => {
    if (path.includes('/runs/keys')) return Response.json({ metrics: keys, params: [], tags: [] })
    const request = JSON.parse(body!) as RunsRequest
    requests.push(request)
    const wanted = request.projection?.metrics ?? request.metrics!
    return Response.json({
      runs: children
        .filter(({ info }) => !request.run_ids || request.run_ids.includes(info.run_id))
        .map(({ info, data }) => ({
          ...{ info, data: { metrics: data.metrics.filter(({ key }) => wanted.includes(key)) } },
        })),
    })
  })
  return requests
}

const childrenOf = async () => {
  const parent = toRow(runOf('p', []) as unknown as Parameters<typeof toRow>[0])
  const { rows } = await readChildren(parent, new AbortController().signal)
  return rows.map(({ info, metrics }) => [info.run_id, [...metrics.keys()]])
}

test('reads the headline metrics of children only', async () => {
  const requests = serve([runOf('a', ['ndcg_at_10', 'loss']), runOf('b', ['precision_at_10'])], ['loss'])
  expect(await childrenOf()).toEqual([
    ['a', ['ndcg_at_10']],
    ['b', ['precision_at_10']],
  ])
  expect(requests).toEqual([
    expect.objectContaining({
      projection: expect.objectContaining({ params: [], tags: [], inputs: false }),
    }),
  ])
})

test('reads some metrics of children that have no headline metric, however many the experiment has', async () => {
  const keys = Array.from({ length: 10_000 }, (_, i) => `m${String(i).padStart(4, '0')}`)
  const requests = serve([runOf('a', keys), runOf('b', ['ndcg_at_10'])], keys)
  const [a, b] = await childrenOf()
  expect(a).toEqual(['a', keys.slice(0, 40)])
  expect(b).toEqual(['b', ['ndcg_at_10']])
  expect(requests[1]).toMatchObject({ run_ids: ['a'], metrics: keys.slice(0, 40) })
})
