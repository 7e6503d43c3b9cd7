import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runPreloaded } from './preloaded-python.js'
import { type ProcessOptions, runProcess } from './run-process.js'

/** A Python with the packages of `.ci/python.txt`, in their newest versions. */
export const python = process.env.TEST_PYTHON || undefined
/** A Python with the oldest mlflow that Cairn supports. */
export const oldPython = process.env.TEST_PYTHON_OLD || undefined

const QUIET = {
  DATABRICKS_CONFIG_FILE: '/dev/null',
  DO_NOT_TRACK: 'true',
  MLFLOW_DISABLE_TELEMETRY: 'true',
  ORT_DISABLE_TELEMETRY: '1',
  OMP_NUM_THREADS: '1', // idle threads of OpenMP spin
  GIT_PYTHON_REFRESH: 'quiet',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUNBUFFERED: '1',
}

export interface PythonOptions extends ProcessOptions {
  readonly python?: string | undefined
  readonly args?: readonly string[]
  /** True if the script runs in a fork of an interpreter that has imported mlflow, which saves seconds; true when absent. */
  readonly preloaded?: boolean
}

/**
 * Runs a script file and returns what it printed. Its temporary files are removed, because mlflow's
 * clients download to them.
 *
 * @throws with both of its streams when it fails
 */
export async function runPython(script: string, options: PythonOptions = {}): Promise<string> {
  const interpreter = options.python ?? python
  if (!interpreter) throw new Error('TEST_PYTHON is not set: guard the suite with describe.skipIf(!python)')
  const folder = await mkdtemp(join(tmpdir(), 'cairn-python-'))
  try {
    const command = [script, ...(options.args ?? [])] as const
    const settings = { ...options, env: { ...QUIET, TMPDIR: folder, ...options.env } }
    const { code, stdout, stderr } =
      (options.preloaded ?? true)
        ? await runPreloaded(interpreter, command, { ...settings, folder })
        : await runProcess(interpreter, command, settings)
    if (code !== 0) throw new Error(`${script} ended with exit code ${code}\n${stdout}\n${stderr}`)
    return stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
