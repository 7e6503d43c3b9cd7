import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { environment } from './environment.js'
import { root } from './root.js'
import type { Finished, ProcessOptions } from './run-process.js'

/** Imported once for all scripts. */
const MODULES = ['mlflow.pyfunc', 'mlflow.genai', 'mlflow.store.tracking.sqlalchemy_store', 'pandas']

interface ForkRequest {
  readonly script: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  readonly cwd: string
  /** The paths of two files. */
  readonly stdout: string
  readonly stderr: string
}

/** A process that has imported mlflow and runs scripts in forks of itself, one after the other. */
class PreloadedPython {
  readonly #process
  readonly #exitCodes: AsyncIterator<string>
  #last: Promise<unknown> = Promise.resolve()

  constructor(interpreter: string) {
    const program = join(root, 'acceptance/harness/preloaded.py')
    this.#process = spawn(interpreter, [program, ...MODULES], {
      env: environment({ PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' }),
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true, // a group of its own, which `kill` ends with the forks
    })
    this.#exitCodes = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
    process.once('exit', () => this.kill())
  }

  /** Returns the exit code of the script. */
  run(request: ForkRequest): Promise<number> {
    const code = this.#last.then(async () => {
      this.#process.stdin.write(`${JSON.stringify(request)}\n`)
      const { value, done } = await this.#exitCodes.next()
      if (done) throw new Error(`the process that runs ${request.script} has ended`)
      return Number(value)
    })
    this.#last = code.catch(() => {})
    return code
  }

  kill(): void {
    if (this.#process.exitCode === null) process.kill(-this.#process.pid!, 'SIGKILL')
  }
}

const running = new Map<string, PreloadedPython>()

/** Runs a script like `runProcess`, in a fork of an interpreter that has imported mlflow. `folder` receives its output. */
export async function runPreloaded(
  interpreter: string,
  [script, ...args]: readonly [string, ...string[]],
  { env, cwd = root, timeoutMs = 600_000, folder }: ProcessOptions & { readonly folder: string },
): Promise<Finished> {
  const python = running.get(interpreter) ?? new PreloadedPython(interpreter)
  running.set(interpreter, python)
  const output = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }
  const timer = setTimeout(() => python.kill(), timeoutMs)
  try {
    const code = await python.run({ script, args, env: environment(env), cwd, ...output })
    return {
      code,
      stdout: await readFile(output.stdout, 'utf8'),
      stderr: await readFile(output.stderr, 'utf8'),
    }
  } finally {
    clearTimeout(timer)
  }
}
