import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'
import { environment } from './environment.js'
import { root } from './root.js'
import type { ProcessOptions, ProcessResult } from './run-process.js'

/** The folder of a Python that has imported mlflow, which all test files share: see `preloaded-host.ts`. */
async function folderOf(interpreter: string): Promise<string> {
  const connection = connect(inject('preloadedPythons'))
  connection.write(`${interpreter}\n`)
  const folder = await text(connection)
  if (!folder) throw new Error(`${interpreter} could not import mlflow`)
  return folder
}

/** Returns an executable that runs commands like an interpreter that has imported mlflow. */
export const preloadedCommand = async (interpreter: string): Promise<string> =>
  join(await folderOf(interpreter), 'python')

/** Runs a command like `runProcess`, in a fork of an interpreter that has imported mlflow. `folder` receives its output. */
export async function runPreloaded(
  interpreter: string,
  command: readonly string[],
  { env, cwd = root, timeoutMs = 600_000, folder }: ProcessOptions & { readonly folder: string },
): Promise<ProcessResult> {
  const output = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }
  const outputs = () =>
    Promise.all(Object.values(output).map((path) => readFile(path, 'utf8').catch(() => '')))
  const failure = async (problem: string) =>
    new Error([`${command.join(' ')} ${problem}`, ...(await outputs())].join('\n'))
  const connection = connect(join(await folderOf(interpreter), 'socket'))
  const stop = async () => connection.destroy(await failure(`ran longer than ${timeoutMs} ms`)) // closing the connection kills the program
  const timer = setTimeout(() => void stop(), timeoutMs)
  try {
    connection.write(`${JSON.stringify({ command, env: environment(env), cwd, ...output })}\n`)
    const code = await text(connection)
    if (!code) throw await failure('was killed with the process that ran it')
    const [stdout, stderr] = await outputs()
    return { code: Number(code), stdout: stdout!, stderr: stderr! }
  } finally {
    clearTimeout(timer)
  }
}
