import { expect, test, vi } from 'vitest'
import { csvOfAll } from './csv-of-all.js'
import type { RunsState } from './use-runs-state.js'

test('reads selected runs by id, so that those outside the filter are included', async () => {
  const requests: { path: string; body: { run_ids: string[] } }[] = []
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }) => {
    const { run_ids } = JSON.parse(body) as { run_ids: string[] }
    requests.push({ path, body: { run_ids } })
    return Response.json({ runs: run_ids.map((run_id) => ({ info: { run_id, run_name: 'n' }, data: {} })) })
  })
  const selected = Array.from({ length: 1001 }, (_, i) => `r${i}`)
  const counts: number[] = []
  const reading = { signal: new AbortController().signal, onPage: (count: number) => void counts.push(count) }
  const text = await csvOfAll(
    { experimentId: '1', filter: 'none', selected } as unknown as RunsState,
    [],
    reading,
  )
  vi.unstubAllGlobals()
  expect(requests.map(({ path, body }) => [path, body.run_ids.length])).toEqual([
    ['api/cairn/v1/runs/batch-get', 1000],
    ['api/cairn/v1/runs/batch-get', 1],
  ])
  expect(counts).toEqual([1, 2])
  expect(text.split('\r\n')).toHaveLength(1003)
  expect(text.match(/run_id/g)).toHaveLength(1)
})
