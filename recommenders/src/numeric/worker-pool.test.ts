import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { claimRows, WorkerPool } from './worker-pool.js'

function writeModule(body: string): URL {
  const file = join(newFolder(), 'pool.worker.mjs')
  writeFileSync(file, `import { parentPort, workerData } from 'node:worker_threads'\n${body}`)
  return pathToFileURL(file)
}

test('runs each task once on every thread and returns their results', async () => {
  const seen = new Int32Array(new SharedArrayBuffer(12))
  const module = writeModule(`parentPort.on('message', (add) => {
    Atomics.add(workerData.seen, workerData.thread, add)
    parentPort.postMessage(workerData.thread)
  })`)
  const pool = new WorkerPool<number>(module, 3, { seen })
  expect(await pool.run(1)).toEqual([0, 1, 2])
  await pool.run(10)
  await pool.close()
  expect([...seen]).toEqual([11, 11, 11])
})

test.each([
  ['throws', "throw new Error('no luck')", 'no luck'],
  ['exits', 'process.exit(3)', 'worker thread exited with code 3'],
])('rejects when a thread %s', async (_, body, message) => {
  const pool = new WorkerPool(writeModule(`parentPort.on('message', () => { ${body} })`), 2, {})
  await expect(pool.run('task')).rejects.toThrow(message)
  await pool.close()
})

test('terminates threads that never respond on abort', async () => {
  const pool = new WorkerPool(writeModule("parentPort.on('message', () => { for (;;); })"), 2, {})
  await expect(pool.run('task', AbortSignal.timeout(50))).rejects.toThrow('timeout')
})

test('claims every row once', () => {
  const counter = new Int32Array(1)
  const [one, other] = [claimRows(counter, 10, 4), claimRows(counter, 10, 4)]
  expect([one.next().value, other.next().value, one.next().value]).toEqual([
    [0, 4],
    [4, 8],
    [8, 10],
  ])
  expect([one.next().done, other.next().done]).toEqual([true, true])
})
