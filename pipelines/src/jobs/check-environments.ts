import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { Library, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { checkRequirementLine } from '../requirements/requirement-line.js'

const UNSUPPORTED_SPEC = ['base_environment', 'java_dependencies', 'project_environment'] as const
const LIBRARIES = ['pypi', 'whl', 'requirements'] as const

/** @throws INVALID_PARAMETER_VALUE for a key that is used twice, or a setting that pip cannot install */
export function checkEnvironments({ environments = [] }: JobSettings): void {
  const keys = new Set<string>()
  for (const { environment_key, spec } of environments) {
    if (keys.has(environment_key)) throw invalid(`environments: the key '${environment_key}' is used twice.`)
    keys.add(environment_key)
    const unsupported = UNSUPPORTED_SPEC.find((name) => spec?.[name] !== undefined)
    if (unsupported)
      throw invalid(`environments: '${environment_key}': ${unsupported} is not supported; use dependencies.`)
    for (const line of spec?.dependencies ?? [])
      checkRequirementLine(line, `environments: '${environment_key}': dependencies`)
  }
}

/** @throws INVALID_PARAMETER_VALUE for an environment that the job does not have, or a library that is not a Python package */
export function checkEnvironment({ environments = [] }: JobSettings, task: TaskSettings): void {
  const { task_key, environment_key, libraries = [] } = task
  if (environment_key !== undefined && !environments.some((one) => one.environment_key === environment_key))
    throw invalid(
      `tasks: '${task_key}': environment_key '${environment_key}' is not one of the environments.`,
    )
  for (const library of libraries) checkLibrary(`tasks: '${task_key}': libraries`, library)
}

function checkLibrary(where: string, library: Library) {
  const names = Object.keys(library).filter((name) => library[name as keyof Library] !== undefined)
  const [name, another] = names
  if (name === undefined || another !== undefined)
    throw invalid(`${where}: each has one of ${LIBRARIES.join(', ')}.`)
  if (!(LIBRARIES as readonly string[]).includes(name))
    throw invalid(`${where}: ${name} is not supported; supported: ${LIBRARIES.join(', ')}.`)
  const { pypi } = library
  if (pypi) checkRequirementLine(pypi.package, `${where}: pypi.package`)
  if (pypi?.repo !== undefined && !/^https?:\/\/[^\s\\]+$/.test(pypi.repo))
    throw invalid(`${where}: pypi.repo: '${pypi.repo}' is not an http or https URL.`)
}
