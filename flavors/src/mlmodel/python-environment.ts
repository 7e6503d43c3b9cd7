import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { readMlmodel } from './mlmodel.js'
import { readModelFile } from './model-folder.js'
import { isMapping, parseYamlMapping } from './yaml-mapping.js'

const MAX_BYTES = 1 << 20

/** The Python environment that a model was logged with. */
export interface PythonEnvironment {
  /** `3.11.7`, or as many parts of it as the model declares. */
  readonly python: string
  /** Lines of a requirements file; those with relative paths refer to the model's folder. */
  readonly requirements: readonly string[]
  /** SHA-256 of the version, the requirements and the constraints. */
  readonly digest: string
  /** True if requirements are files of the model, so that models with equal requirements may differ. */
  readonly hasLocalFiles: boolean
}

/**
 * Reads `python_env.yaml` of a model folder, or `conda.yaml` without its Conda packages, or `requirements.txt`.
 *
 * @throws INVALID_PARAMETER_VALUE when the folder declares no environment, or a file is malformed
 */
export async function readPythonEnvironment(folder: string): Promise<PythonEnvironment> {
  const mlmodel = await readMlmodel(folder)
  const declared = await declaredEnvironment(folder)
  const python = declared.python ?? String(mlmodel.flavors.python_function?.python_version ?? '')
  if (!/^\d+\.\d+(\.\d+)?$/.test(python)) throw invalid('The model does not declare a version of Python.')
  const lines = await withIncluded(folder, declared.requirements)
  const hasMlflow = lines.some((line) => /^mlflow(-skinny)?\b/i.test(line))
  const requirements = hasMlflow ? lines : [...lines, mlflowOf(mlmodel.mlflow_version)]
  const hash = createHash('sha256').update(JSON.stringify([python, requirements]))
  for (const [, file] of requirements.flatMap((line) =>
    [CONSTRAINTS.exec(line)].filter((match) => match !== null),
  ))
    hash.update(await readText(folder, file!))
  return { python, requirements, digest: hash.digest('hex'), hasLocalFiles: lines.some(isLocal) }
}

/** The requirements with the paths of local files resolved against the model's folder, for a requirements file elsewhere. */
export const resolveRequirements = ({ requirements }: PythonEnvironment, folder: string): string[] =>
  requirements.map((line) => {
    const [, constraints] = CONSTRAINTS.exec(line) ?? []
    if (constraints !== undefined) return `-c ${join(folder, constraints)}`
    return /^(\.{1,2}\/\S+|[\w./-]+\.whl)$/.test(line) ? join(folder, line) : line
  })

interface DeclaredEnvironment {
  readonly python: string | undefined
  readonly requirements: readonly string[]
}

const MAX_INCLUDES = 5
const CONSTRAINTS = /^(?:-c|--constraint)[ =]+(\S+)$/
const INCLUDED = /^(?:-r|--requirement)[ =]+(\S+)$/

const isLocal = (line: string) =>
  /^(-e\b|\.{1,2}\/|file:)|\.whl\b|@ *file:/.test(line) && !/^https?:/.test(line)

const mlflowOf = (version: string | undefined) =>
  version && /^\d+(\.\d+)+$/.test(version) ? `mlflow==${version}` : 'mlflow'

async function declaredEnvironment(folder: string): Promise<DeclaredEnvironment> {
  if (existsSync(join(folder, 'python_env.yaml'))) {
    const file = parseYamlMapping('python_env.yaml', await readText(folder, 'python_env.yaml'))
    return { python: textOf(file.python), requirements: textsOf(file.dependencies) }
  }
  if (existsSync(join(folder, 'conda.yaml'))) {
    const { dependencies } = parseYamlMapping('conda.yaml', await readText(folder, 'conda.yaml'))
    const list = Array.isArray(dependencies) ? dependencies : []
    const python = list.map((one) => /^python=+(\S+)$/.exec(String(one))?.[1]).find(Boolean)
    return { python, requirements: list.flatMap((one) => (isMapping(one) ? textsOf(one.pip) : [])) }
  }
  return { python: undefined, requirements: ['-r requirements.txt'] }
}

const textOf = (value: unknown) => (value === undefined || value === null ? undefined : String(value))

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string').flatMap(linesOf) : []

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter(Boolean)

/** Replaces `-r FILE` by the lines of the file. */
async function withIncluded(folder: string, lines: readonly string[], depth = 0): Promise<string[]> {
  if (depth > MAX_INCLUDES) throw invalid('The requirements of the model include each other.')
  const included = await Promise.all(
    lines.map(async (line) => {
      const [, file] = INCLUDED.exec(line) ?? []
      return file === undefined
        ? [line]
        : withIncluded(folder, linesOf(await readText(folder, file)), depth + 1)
    }),
  )
  return included.flat()
}

async function readText(folder: string, name: string): Promise<string> {
  if (!/^[\w-][\w.-]*$/.test(name)) throw invalid(`'${name}' is not the name of a file of the model.`)
  return (await readModelFile(folder, name, MAX_BYTES)).toString('utf8')
}
