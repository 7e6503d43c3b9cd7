import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Finished, runProcess } from './run-process.js'
import { cairn, type Server, type ServerOptions, startServer } from './server.js'

const TIMEOUT_MS = 1_500_000

export interface DemoRun extends Finished {
  readonly seconds: number
}

/** The result of `cairn up --demo --once` in a folder that all test files share. The first caller runs it. */
export async function demoRun(): Promise<DemoRun> {
  const folder = inject('demoFolder')
  const result = join(folder, 'demo.json')
  if (existsSync(result)) return JSON.parse(await readFile(result, 'utf8'))
  const data = join(folder, 'data')
  await mkdir(data)
  const begun = performance.now()
  const args = [cairn, 'up', '--demo', '--once', '--port', '0', '--data', data]
  const finished = await runProcess(process.execPath, args, { cwd: folder, timeoutMs: TIMEOUT_MS })
  const run = { ...finished, seconds: (performance.now() - begun) / 1000 }
  await writeFile(result, JSON.stringify(run))
  return run
}

/**
 * Starts a server on the data that the demo left. Later test files see what a file changes there, so use distinct names.
 * @throws with the output of the demo when it failed
 */
export async function startDemoServer(options: ServerOptions = {}): Promise<Server> {
  const { code, stdout, stderr } = await demoRun()
  if (code !== 0) throw new Error(`the demo ended with exit code ${code}\n${stdout}\n${stderr}`)
  return startServer({ ...options, folder: join(inject('demoFolder'), 'data') })
}
