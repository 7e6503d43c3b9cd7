import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ApiError, invalid } from '@cairn/platform/errors'
import { childEnvironment } from '@cairn/platform/processes/environment'
import type { EnvironmentLease } from '@cairn/platform/processes/python-environments'
import { runTool, type ToolOptions } from '@cairn/platform/processes/run-tool'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { addChunks } from '../files/hash-chunks.js'
import type { TaskFiles } from '../files/task-files.js'
import { checkRequirementLine, isFileLine, linesOf } from '../requirements/requirement-line.js'
import type { AttemptContext } from '../task-kinds/task.js'
import type { TaskProcesses } from './task-processes.js'
import type { WorkFolder } from './work-folder.js'

/** The packages of a task: lines of a `requirements.txt`, and a digest of them and of the files that they name. */
export interface Requirements {
  readonly lines: readonly string[]
  readonly digest: string
}

const PACKAGE_FILE = /^[\w.+!-]+\.(whl|zip|tar\.gz)$/

/**
 * Reads what `environment_key` and `libraries` of a task ask for. Wheels are copied into the folder of the attempt.
 *
 * @param implied packages that the kind of the task needs, unless the task names them
 */
export async function readRequirements(
  context: AttemptContext,
  files: TaskFiles,
  folder: WorkFolder,
  implied: readonly string[] = [],
): Promise<Requirements> {
  const wanted = await wantedLines(context, files)
  const isNamed = (name: string) => wanted.some((line) => new RegExp(`^${name}\\b`, 'i').test(line))
  const wheels = new Set(context.task.libraries?.map(({ whl }) => whl))
  const hash = createHash('sha256')
  const lines: string[] = []
  for (const line of [...wanted, ...implied.filter((name) => !isNamed(name))]) {
    const isFile = isFileLine(line) || wheels.has(line)
    if (!isFile) checkRequirementLine(line, 'The packages of the task')
    const bytes = isFile ? await files.read(line, context) : undefined
    // The lengths keep lines and contents apart.
    hash.update(`${JSON.stringify([bytes ? basename(line) : line, bytes?.length ?? null])}\n`)
    if (bytes) await addChunks(hash, bytes)
    lines.push(bytes ? await copyPackage(folder, basename(line), bytes) : line)
  }
  return { lines, digest: hash.digest('hex') }
}

async function wantedLines(context: AttemptContext, files: TaskFiles): Promise<string[]> {
  const { job, task } = context
  const environment = job.environments?.find((one) => one.environment_key === task.environment_key)
  const libraries = await Promise.all(
    (task.libraries ?? []).map(async ({ pypi, whl, requirements }) => {
      if (pypi) return [...(pypi.repo ? [`--extra-index-url ${pypi.repo}`] : []), pypi.package]
      return whl !== undefined ? [whl] : linesOf(await files.read(requirements!, context))
    }),
  )
  return [...(environment?.spec?.dependencies ?? []), ...libraries.flat()]
}

async function copyPackage(folder: WorkFolder, name: string, bytes: Uint8Array): Promise<string> {
  if (!PACKAGE_FILE.test(name)) throw invalid(`'${name}' is not the name of a wheel, a .zip or a .tar.gz.`)
  const path = join(folder.home, 'packages', name)
  await mkdir(join(folder.home, 'packages'), { recursive: true })
  await writeFile(path, bytes)
  return path
}

/** The interpreter of a task: the configured one, or that of an environment with the packages, which is built if needed. */
export async function acquirePython(
  { lines, digest }: Requirements,
  { processes, user, folder, context }: PythonOptions,
): Promise<EnvironmentLease> {
  const { signal } = context
  const base = await findPython(processes.python, folder, { user, signal })
  if (lines.length === 0) return { interpreter: base.executable, release: () => undefined }
  if (user) await processes.openEnvironments(user)
  const key = createHash('sha256')
    .update(JSON.stringify([base, digest]))
    .digest('hex')
  const installer = { user, home: folder.install }
  const spec = { key, python: base.executable, requirements: lines, installer, signal }
  return processes.environments.acquire(spec, {
    onStep: (sentence) => context.log.setup(sentence),
    onLine: (line) => context.log.setup(line),
  })
}

interface PythonOptions {
  readonly processes: TaskProcesses
  readonly user: UnprivilegedUser | undefined
  readonly folder: WorkFolder
  readonly context: AttemptContext
}

const DESCRIBE = 'import sys; print(sys.executable); print(sys.version.replace("\\n", " "))'

async function findPython(
  command: string,
  { home }: WorkFolder,
  { user, signal }: Pick<ToolOptions, 'user' | 'signal'>,
) {
  const options = { cwd: '/', env: childEnvironment(home), user, signal }
  const output = await runTool(command, ['-I', '-c', DESCRIBE], options).catch((cause) => {
    signal?.throwIfAborted()
    throw new ApiError(
      'INVALID_STATE',
      `CAIRN_TASK_PYTHON: '${command}' cannot be started${user ? ` by the users of tasks` : ''}. Install Python, or name one that they may execute.`,
      { cause },
    )
  })
  const [executable = command, version = ''] = output.split('\n')
  return { executable, version }
}
