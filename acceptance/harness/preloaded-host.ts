import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { environment } from './environment.js'
import { root } from './root.js'
import { until } from './until.js'

/** These modules are imported once for all programs. */
const MODULES = [
  ...['mlflow.pyfunc', 'mlflow.genai', 'mlflow.store.tracking.sqlalchemy_store', 'pandas'],
  'databricks.sdk',
]
const file = (name: string) => join(root, 'acceptance/harness', name)

/** A Python that has imported mlflow and runs programs in forks of itself: see `preloaded.py`. */
class PreloadedPython {
  readonly #folder: string
  readonly #process: ChildProcess

  constructor(interpreter: string, folder: string) {
    this.#folder = folder
    this.#process = spawn(interpreter, [file('preloaded.py'), join(folder, 'socket'), ...MODULES], {
      env: environment({ OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' }),
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true, // a separate process group, so that `kill` also ends the forks
    })
  }

  /** Resolves with the folder of the socket and of an executable that other programs can start as `python`. */
  async ready(): Promise<string> {
    const socket = join(this.#folder, 'socket')
    await until('the modules are imported', async () => {
      if (this.#process.exitCode !== null) throw new Error('the preloaded Python has ended')
      return existsSync(socket)
    })
    return this.#folder
  }

  kill(): void {
    if (this.#process.exitCode === null) process.kill(-this.#process.pid!, 'SIGKILL')
  }
}

const writeCommand = async (folder: string) => {
  const command = join(folder, 'python')
  const socket = join(folder, 'socket')
  await writeFile(
    command,
    `#!/bin/sh\nPRELOADED_PYTHON=${socket} exec /usr/bin/env python3 -S ${file('preloaded-command.py')} "$@"\n`,
  )
  await chmod(command, 0o755)
}

/**
 * Vitest's global setup: starts a preloaded Python for each interpreter that a test file asks for, and shares it between the files.
 * A file sends the path of the interpreter as a line, and receives the folder of `PreloadedPython.ready`.
 */
export async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-preloaded-'))
  const pythons = new Map<string, Promise<PreloadedPython>>()
  const start = async (interpreter: string, own: string) => {
    await mkdir(own)
    await writeCommand(own)
    return new PreloadedPython(interpreter, own)
  }
  const answer = async (socket: Socket) => {
    const [line] = await once(socket.setEncoding('utf8'), 'data')
    const interpreter = String(line).trim()
    const python = pythons.get(interpreter) ?? start(interpreter, join(folder, String(pythons.size)))
    pythons.set(interpreter, python)
    socket.end(await (await python).ready())
  }
  const server = createServer((socket) => void answer(socket).catch(() => socket.destroy()))
  server.listen(join(folder, 'requests'))
  await once(server, 'listening')
  project.provide('preloadedPythons', join(folder, 'requests'))
  return async () => {
    server.close()
    for (const python of await Promise.all(pythons.values())) python.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    preloadedPythons: string
  }
}
