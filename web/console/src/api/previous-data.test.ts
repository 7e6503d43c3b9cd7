import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, onTestFinished, test } from 'vitest'
import { previousDataOf } from './previous-data.js'
import { queryKeys } from './query-keys.js'

test.each([
  ['another filter', ['1', false, 'a = 1'], 'rows of 1'],
  ['deleted runs', ['1', true, ''], undefined],
  ['another experiment', ['2', false, ''], undefined],
] as const)(
  'the runs of an experiment stay until those of %s have loaded: %j, %s',
  async (_, next, shown) => {
    const client = new QueryClient()
    const optionsOf = ([experiment, deleted, filter]: readonly [string, boolean, string]) => ({
      queryKey: queryKeys.runs(experiment, deleted, filter),
      queryFn: async () => `rows of ${experiment}`,
      placeholderData: previousDataOf(queryKeys.runs(experiment, deleted)),
    })
    const observer = new QueryObserver<string>(client, optionsOf(['1', false, '']))
    onTestFinished(observer.subscribe(() => undefined))
    onTestFinished(() => client.clear())
    await expect.poll(() => observer.getCurrentResult().data).toBe('rows of 1')
    observer.setOptions({ ...optionsOf(next), queryFn: () => new Promise<string>(() => undefined) })
    expect(observer.getCurrentResult().data).toBe(shown)
  },
)
