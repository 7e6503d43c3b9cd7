import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Finished, runProcess } from './run-process.js'
import { cairn, type Server, type ServerOptions, startServer } from './server.js'

export interface DemoRun extends Finished {
  readonly seconds: number
}

/** How `cairn up --demo --once` went in the folder that all suites share. It runs once, whoever asks first. */
export async function demoRun(): Promise<DemoRun> {
  const folder = inject('demoFolder')
  const record = join(folder, 'demo.json')
  if (existsSync(record)) return JSON.parse(await readFile(record, 'utf8'))
  const data = join(folder, 'data')
  await mkdir(data)
  const begun = performance.now()
  const args = [cairn, 'up', '--demo', '--once', '--port', '0', '--data', data]
  const finished = await runProcess(process.execPath, args, { cwd: folder, timeoutMs: 500_000 })
  const run = { ...finished, seconds: (performance.now() - begun) / 1000 }
  await writeFile(record, JSON.stringify(run))
  return run
}

/**
 * A server on which the demo has run. What a suite changes there, later suites find: make things of your own names.
 * @throws with all the demo said when it failed
 */
export async function startDemoServer(options: ServerOptions = {}): Promise<Server> {
  const { code, stdout, stderr } = await demoRun()
  if (code !== 0) throw new Error(`the demo ended with exit code ${code}\n${stdout}\n${stderr}`)
  return startServer({ ...options, folder: join(inject('demoFolder'), 'data') })
}
