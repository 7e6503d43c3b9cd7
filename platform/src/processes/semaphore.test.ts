import { expect, test } from 'vitest'
import { deferred } from '../testing/deferred.js'
import { Semaphore } from './semaphore.js'

test('runs as many as it permits, the others in order, and not those that stopped to wait', async () => {
  const semaphore = new Semaphore(1)
  const started: string[] = []
  const first = deferred()
  const work = (name: string, until?: Promise<void>) => async () => {
    started.push(name)
    await until
  }
  const all = [semaphore.run(work('first', first.promise)), semaphore.run(work('second'))]
  const stop = new AbortController()
  const stopped = semaphore.run(work('stopped'), stop.signal)
  const last = semaphore.run(work('last'), new AbortController().signal)
  stop.abort(new Error('enough'))
  await expect(stopped).rejects.toThrow('enough')
  await expect(semaphore.run(work('late'), stop.signal)).rejects.toThrow('enough')
  expect(started).toEqual(['first'])
  first.resolve()
  await Promise.all([...all, last])
  expect(started).toEqual(['first', 'second', 'last'])
  await semaphore.run(work('next'))
  expect(started.at(-1)).toBe('next')
})
