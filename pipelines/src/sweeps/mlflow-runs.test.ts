import { ApiError } from '@cairn/platform/errors'
import { expect, test } from 'vitest'
import { isRefusal, MlflowRuns } from './mlflow-runs.js'

interface Sent {
  readonly id: string
  readonly input: { readonly tags?: readonly unknown[]; readonly metrics?: readonly unknown[] }
}

const recorded = (answers: Record<string, unknown> = {}) => {
  const calls: Sent[] = []
  const call = async ({ id }: { id: string }, input: Sent['input']) => {
    calls.push({ id, input })
    return answers[id] ?? {}
  }
  return { calls, runs: new MlflowRuns(call as never) }
}

test('logs tags in batches that the server accepts', async () => {
  const { calls, runs } = recorded()
  const tags = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`t${i}`, 'x']))
  await runs.logMetric('r', 'm', 1, tags)
  expect(calls.map(({ input }) => [input.metrics?.length, input.tags!.length])).toEqual([
    [1, 100],
    [undefined, 1],
  ])
})

test('reuses only a run that the principal of the task created', async () => {
  const info = (run_id: string, user_id: string) => ({ info: { run_id, user_id } })
  const run = { taskRunId: 1, experimentId: '0', name: 'n', user: 'ann', parameters: {}, tags: {} }
  const createRun = { run: info('new', 'ann') }
  const found = async (...all: object[]) =>
    recorded({ searchRuns: { runs: all }, createRun }).runs.create(run)
  expect(await found(info('foreign', 'bob'), info('own', 'ann'))).toBe('own')
  expect(await found(info('foreign', 'bob'))).toBe('new')
})

test('treats a revoked token and a conflict as temporary', () => {
  const codes = ['UNAUTHENTICATED', 'RESOURCE_CONFLICT', 'PERMISSION_DENIED', 'INTERNAL_ERROR'] as const
  expect(codes.map((code) => isRefusal(new ApiError(code, 'x')))).toEqual([false, false, true, false])
})
