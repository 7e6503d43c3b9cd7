import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { builtFile } from '@cairn/platform/processes/module-file'
import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import { SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { effort } from '@cairn/platform/testing/effort'
import { newFolder } from '@cairn/platform/testing/folders'
import Type from 'typebox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { backends } from '../testing/backends.js'
import { waitForEnd } from '../testing/client.js'
import { servePipelines } from '../testing/serve.js'

const SERVER = builtFile(new URL('../testing/crashing-server.js', import.meta.url))
const KILLS = effort(2, 2, 3)

/** Only its name and parameters are used: this process executes no tasks. */
const step = defineTask({
  entry: 'step',
  parameters: Type.Object({ ms: Type.Integer() }),
  run: () => Promise.reject(new Error('not here')),
})

/** @param temporary the folder for temporary files that a killed process leaves behind */
async function start(args: readonly string[], temporary: string) {
  const child = spawn(process.execPath, [SERVER, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

const task = (task_key: string, ms: number, ...upstream: string[]) => ({
  task_key,
  depends_on: upstream.map((key) => ({ task_key: key })),
  node_task: { entry: 'step', parameters: { ms } },
})

describe.each(backends)('a server on %s', (_name, backend) => {
  test('resumes a run each time it is killed, until the run succeeds', {
    timeout: 240_000,
  }, async () => {
    const serving = await servePipelines([step], { ...backend, concurrency: 0 })
    const folder = newFolder()
    const file = join(folder, 'notes')
    const { database_url } = serving.context.config
    const args = [database_url, file, ...(backend.redisUrl ? [backend.redisUrl] : [])]
    const tasks = [
      task('a', 300),
      task('b', 900, 'a'),
      task('c', 900, 'a'),
      task('d', 200, 'b', 'c'),
      task('e', 400, 'd'),
      task('f', 300, 'e'),
    ]
    const { run_id } = await serving.client(SubmitRun, { tasks })
    const notes = () =>
      readFileSync(file, { encoding: 'utf8', flag: 'a+' }).trim().split('\n').filter(Boolean)
    for (let i = 0; i < KILLS; i++) {
      const before = notes().length
      const child = await start(args, folder)
      while (notes().length === before) await sleep(5)
      await sleep(Math.random() * 500)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const last = await start(args, folder)
    const run = await waitForEnd(serving.client, run_id)
    expect(run.state.result_state).toBe('SUCCESS')
    expectOnceAtATime(notes())
    const log = await serving.client(GetTaskLogs, { run_id, task_key: 'b' })
    expect(log.lines.at(-1)!.attempt).toBe(run.tasks![1]!.attempt_number + 1)
    last.kill('SIGTERM')
    await once(last, 'exit')
    await serving.close()
  })
})

/** A process does not start a task that it is running. */
function expectOnceAtATime(notes: readonly string[]) {
  const running = new Set<string>()
  for (const note of notes) {
    const [pid, event, key] = note.split(' ')
    const name = `${pid} ${key}`
    expect(running.has(name), note).toBe(event === 'end')
    if (event === 'start') running.add(name)
    else running.delete(name)
  }
  for (const key of 'abcdef') expect(notes.some((note) => note.endsWith(`end ${key}`))).toBe(true)
}
