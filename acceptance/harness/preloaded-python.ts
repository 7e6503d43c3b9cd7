import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { environment } from './environment.js'
import { root } from './root.js'
import type { Finished, ProcessOptions } from './run-process.js'
import { until } from './until.js'

/** Imported once for all programs. */
const MODULES = ['mlflow.pyfunc', 'mlflow.genai', 'mlflow.store.tracking.sqlalchemy_store', 'pandas']
const file = (name: string) => join(root, 'acceptance/harness', name)

/** A Python that has imported mlflow and runs programs in forks of itself. It ends with this process. */
class PreloadedPython {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cairn-preloaded-'))
  readonly #socket = join(this.#folder, 'socket')
  readonly #process

  constructor(interpreter: string) {
    this.#process = spawn(interpreter, [file('preloaded.py'), this.#socket, ...MODULES], {
      env: environment({ PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' }),
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true, // a group of its own, which `kill` ends with the forks
    })
    process.once('exit', () => {
      this.kill()
      rmSync(this.#folder, { recursive: true, force: true })
    })
  }

  kill(): void {
    if (this.#process.exitCode === null) process.kill(-this.#process.pid!, 'SIGKILL')
  }

  /** Returns the exit code. `command` is what follows `python`. */
  async run(program: {
    readonly command: readonly string[]
    readonly env: Record<string, string>
    readonly cwd: string
    /** The paths of files. */
    readonly stdout: string
    readonly stderr: string
  }): Promise<number> {
    const connection = connect(await this.#listening())
    connection.write(`${JSON.stringify(program)}\n`)
    const code = await text(connection)
    if (!code) throw new Error(`the process that ran ${program.command.join(' ')} was killed`)
    return Number(code)
  }

  /** An executable that other programs can start as `python`. */
  async command(): Promise<string> {
    const command = join(this.#folder, 'python')
    const socket = await this.#listening()
    await writeFile(
      command,
      `#!/bin/sh\nPRELOADED_PYTHON=${socket} exec /usr/bin/env python3 -S ${file('preloaded-command.py')} "$@"\n`,
    )
    await chmod(command, 0o755)
    return command
  }

  async #listening(): Promise<string> {
    await until('the modules are imported', async () => {
      if (this.#process.exitCode !== null) throw new Error('the preloaded Python has ended')
      return existsSync(this.#socket)
    })
    return this.#socket
  }
}

const running = new Map<string, PreloadedPython>()

function preloaded(interpreter: string): PreloadedPython {
  const python = running.get(interpreter) ?? new PreloadedPython(interpreter)
  running.set(interpreter, python)
  return python
}

/** Returns an executable that stands for an interpreter which has imported mlflow. */
export const preloadedCommand = (interpreter: string): Promise<string> => preloaded(interpreter).command()

/** Runs a command like `runProcess`, in a fork of an interpreter that has imported mlflow. `folder` receives its output. */
export async function runPreloaded(
  interpreter: string,
  command: readonly string[],
  { env, cwd = root, timeoutMs = 600_000, folder }: ProcessOptions & { readonly folder: string },
): Promise<Finished> {
  const python = preloaded(interpreter)
  const output = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }
  const timer = setTimeout(() => python.kill(), timeoutMs)
  try {
    const code = await python.run({ command, env: environment(env), cwd, ...output })
    const [stdout, stderr] = await Promise.all(Object.values(output).map((path) => readFile(path, 'utf8')))
    return { code, stdout: stdout!, stderr: stderr! }
  } finally {
    clearTimeout(timer)
  }
}
