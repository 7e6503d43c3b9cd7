import { existsSync } from 'node:fs'
import { lchown, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ApiError } from '../errors.js'
import { endProcessesOf } from './end-processes.js'
import { installVariables } from './environment.js'
import { runTool, type ToolOptions } from './run-tool.js'
import { shareFolder } from './share-folders.js'
import { takeOver } from './take-over.js'
import type { UnprivilegedUser } from './unprivileged-user.js'

/** Makes uv use neither links in the home nor interpreters of the machine. */
const MANAGED_ONLY = { UV_PYTHON_INSTALL_BIN: '0', UV_PYTHON_PREFERENCE: 'only-managed' }

export interface Installation {
  /** The folder of the environment, which does not exist yet. */
  readonly target: string
  /** Folder of the interpreters that uv downloads. */
  readonly interpreters: string
  /** An executable, or a version such as `3.11.7`. */
  readonly python: string
  /** Lines of a `requirements.txt`. */
  readonly requirements: readonly string[]
  /** The working folder, to which relative paths refer. */
  readonly folder: string
  /** A private folder of the user. */
  readonly home: string
  /** The user, who has no other processes. Undefined for the user of this process. */
  readonly user: UnprivilegedUser | undefined
  readonly signal: AbortSignal | undefined
  onStep(sentence: string): void | Promise<void>
  onLine(line: string): void
}

/**
 * Installs a Python environment as a user, because packages execute code of their authors, and then gives it to root.
 *
 * @throws INVALID_STATE with the output of the package manager
 */
export async function installEnvironment(installation: Installation): Promise<void> {
  const { target, requirements, user } = installation
  await mkdir(dirname(target), { recursive: true })
  await mkdir(target, { mode: 0o700 })
  const file = join(target, 'requirements.txt')
  await writeFile(file, `${requirements.join('\n')}\n`)
  if (user) for (const path of [file, target]) await lchown(path, user.uid, user.gid)
  // Nothing may touch what the user wrote while the user has processes.
  try {
    await install(installation)
  } catch (error) {
    if (user) await endProcessesOf(user)
    await rm(target, { recursive: true, force: true })
    throw error
  }
  if (!user) return
  await endProcessesOf(user)
  await takeOver(target, user).catch(async (error) => {
    await rm(target, { recursive: true, force: true })
    throw error
  })
}

async function install({ target, interpreters, python, requirements, ...options }: Installation) {
  const { folder, home, user, signal, onLine, onStep } = options
  const env = { ...installVariables(home), UV_PYTHON_INSTALL_DIR: interpreters }
  const tools = { cwd: folder, env, user, signal, onLine }
  const quiet = { ...tools, cwd: '/', onLine: () => undefined }
  const useUv = await isInstalled('uv', quiet)
  await onStep(
    `Restoring the environment with ${useUv ? 'uv' : 'venv and pip'}: ${nameOf(python)}, ${requirements.length} requirements.`,
  )
  const base = isPath(python) ? python : await findPython(minorOf(python), quiet)
  const executable = base ?? (await downloadPython(python, useUv, { ...tools, cwd: '/' }))
  const file = join(target, 'requirements.txt')
  const interpreter = interpreterOf(target)
  if (useUv) {
    await runTool('uv', ['venv', '--allow-existing', '--python', executable, target], { ...tools, cwd: '/' })
    await runTool(
      'uv',
      ['pip', 'install', '--no-cache', '--compile-bytecode', '--python', interpreter, '-r', file],
      tools,
    )
  } else {
    await runTool(executable, ['-I', '-m', 'venv', target], { ...tools, cwd: '/' })
    const pip = [
      '-I',
      '-m',
      'pip',
      'install',
      '--no-cache-dir',
      '--no-input',
      '--progress-bar',
      'off',
      '-r',
      file,
    ]
    await runTool(interpreter, pip, tools)
  }
}

export const interpreterOf = (folder: string) => join(folder, 'bin', 'python')

const isPath = (python: string) => python.startsWith('/')

const nameOf = (python: string) => (isPath(python) ? python : `Python ${python}`)

const minorOf = (version: string) => version.split('.').slice(0, 2).join('.')

const isInstalled = (command: string, options: ToolOptions): Promise<boolean> =>
  runTool(command, ['--version'], options).then(
    () => true,
    () => false,
  )

/** Finds the executable of a Python of this minor version that the user of `tools` may execute. */
async function findPython(minor: string, tools: ToolOptions): Promise<string | undefined> {
  const code = 'import sys; print("%d.%d" % sys.version_info[:2]); print(sys.executable)'
  for (const command of [`python${minor}`, 'python3', `/usr/bin/python${minor}`]) {
    const output = await runTool(command, ['-I', '-c', code], tools).catch(() => '')
    const [version, executable] = output.split('\n')
    if (version === minor) return executable
  }
  return undefined
}

/** Downloads an interpreter for all environments. The user may only read it, and runs no code meanwhile. */
async function downloadPython(
  version: string,
  useUv: boolean,
  { user, ...tools }: ToolOptions,
): Promise<string> {
  if (!useUv)
    throw new ApiError(
      'INVALID_STATE',
      `This machine does not have Python ${minorOf(version)}: install it, or uv, which downloads it.`,
    )
  const interpreters = tools.env.UV_PYTHON_INSTALL_DIR!
  const env = { ...tools.env, HOME: interpreters, TMPDIR: interpreters, UV_NO_CACHE: '1', ...MANAGED_ONLY }
  await mkdir(interpreters, { recursive: true })
  await runTool('uv', ['python', 'install', version], { ...tools, env })
  const found = await runTool('uv', ['python', 'find', version], { ...tools, env })
  if (user && existsSync(interpreters)) await shareFolder(interpreters, user)
  return found.split('\n').at(-1)!
}
