import { afterEach, expect, test, vi } from 'vitest'
import { toRow } from '../runs/row.js'
import { readForkLine } from './fork-line.js'

afterEach(() => void vi.unstubAllGlobals())

const runOf = (run_id: string, origin?: string) => ({
  info: { run_id, experiment_id: '1' },
  data: {
    metrics: [{ key: 'loss', value: 1, step: 0, timestamp: 0 }],
    tags: origin === undefined ? [] : [{ key: 'cairn.forked_from', value: origin }],
  },
})

/** Answers as a server with these runs, none of which has forks, and two experiments. @returns the requests that it got */
function serve(runs: readonly ReturnType<typeof runOf>[]) {
  const requests: { run_ids?: string[] }[] = []
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }) => {
    if (path.endsWith('experiments/search'))
      return Response.json({ experiments: [{ experiment_id: '7' }, { experiment_id: '1' }] })
    const request = JSON.parse(body) as { run_ids?: string[] }
    requests.push(request)
    return Response.json({ runs: runs.filter(({ info }) => request.run_ids?.includes(info.run_id)) })
  })
  return requests
}

const lineOf = (run: ReturnType<typeof runOf>) =>
  readForkLine(toRow(run as unknown as Parameters<typeof toRow>[0]), new AbortController().signal)

test('reads one metric and the tags of forks, and no parameters', async () => {
  const requests = serve([runOf('a')])
  const { ancestors, isCut } = await lineOf(runOf('b', 'a'))
  expect([ancestors.map(({ info }) => info.run_id), isCut]).toEqual([['a'], false])
  const projection = { metrics: ['loss'], params: [], tags: ['cairn.forked_from', 'cairn.fork_step'] }
  expect(requests).toEqual([
    expect.objectContaining({ run_ids: ['a'], ...projection }),
    expect.objectContaining({ experiment_ids: ['1', '7'], projection: { ...projection, inputs: false } }),
  ])
})

test('ends at a run that the line has already, at one that is missing, and at a text that is no id', async () => {
  serve([runOf('a', 'b'), runOf('b', 'a')])
  const circle = await lineOf(runOf('b', 'a'))
  expect(circle.ancestors.map(({ info }) => info.run_id)).toEqual(['a'])
  expect((await lineOf(runOf('c', 'purged'))).isCut).toBe(true)
  const requests = serve([])
  expect(await lineOf(runOf('d', 'x'.repeat(300)))).toMatchObject({ ancestors: [], isCut: true })
  expect(requests.filter(({ run_ids }) => run_ids)).toEqual([])
})
