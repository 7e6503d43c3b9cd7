import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { KindOfTask } from '../task-kinds/registry.js'
import type { TaskKind } from '../task-kinds/task-kind.js'
import { variablesOf } from './environment-variables.js'
import { ancestors } from './graph.js'
import { isJobCode } from './placement.js'
import { SECRET_FIELDS } from './secret-fields.js'

const NAME = String.raw`([\w.-]+|secrets/[\w.@-]{1,128}/[\w.@-]{1,128})`
const REFERENCE = new RegExp(String.raw`\{\{\s*${NAME}\s*\}\}`, 'g')
const WHOLE = new RegExp(String.raw`^\{\{\s*${NAME}\s*\}\}$`)
const SECRET = /\{\{\s*secrets\//

/** Returns the value of a reference such as `job.parameters.x`, or undefined. */
export type Lookup = (reference: string) => unknown

type ReferenceOptions = Pick<TaskKind, 'keepsTypes'>

/** Bytes of the values of all references in the settings of a task: a large value may be repeated. */
const MAX_VALUE_BYTES = 256 * 1024

/**
 * Replaces `{{…}}` in every string inside `value` by text. With `keepsTypes`, a string that is one reference becomes the value
 * itself.
 *
 * @throws INVALID_PARAMETER_VALUE naming a reference without a value, and for values of more than 256 KiB in all
 */
export function resolveReferences(value: unknown, lookup: Lookup, options: ReferenceOptions): unknown {
  return resolveInside(value, limited(lookup), options)
}

function resolveInside(value: unknown, find: Lookup, options: ReferenceOptions): unknown {
  if (typeof value === 'string') return resolveText(value, find, options)
  if (Array.isArray(value)) return value.map((item) => resolveInside(item, find, options))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveInside(item, find, options)]),
  )
}

/** Throws before a value is copied that exceeds the limit, or is absent. */
function limited(lookup: Lookup): Lookup {
  let bytes = 0
  return (reference) => {
    const found = lookup(reference)
    if (found === undefined) throw invalid(`The reference {{${reference.slice(0, 250)}}} has no value.`)
    bytes += Buffer.byteLength(textOf(found))
    if (bytes > MAX_VALUE_BYTES)
      throw invalid(
        `The values of the references have more than ${MAX_VALUE_BYTES} bytes, from {{${reference.slice(0, 250)}}} on. Store the data and refer to their location.`,
      )
    return found
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Returns the settings of a task without the fields in which `{{…}}` is literal text. */
export const withoutLiterals = (settings: object, { literal = [] }: Pick<TaskKind, 'literal'>): object =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !literal.includes(name)))

function resolveText(text: string, find: Lookup, { keepsTypes }: ReferenceOptions): unknown {
  const whole = WHOLE.exec(text)
  if (whole && keepsTypes) return find(whole[1]!)
  return text.replaceAll(REFERENCE, (_match, reference: string) => textOf(find(reference)))
}

export const hasReferences = (value: unknown) => new RegExp(REFERENCE).test(JSON.stringify(value) ?? '')

/** Matches references to the input of an iteration, or to a member of it. */
export const INPUT_REFERENCE = /^input(\.|$)/

const RUN_REFERENCES = new Set([
  'run.id',
  'job.run_id',
  'job.id',
  'job.name',
  'task.name',
  'task.run_id',
  'task.attempt',
])

/** Parses `tasks.KEY.values.NAME`. A key contains no dots, a name may. */
export function parseTaskValue(reference: string): { key: string; name: string } | undefined {
  const match = /^tasks\.([A-Za-z0-9_-]+)\.values\.(.+)$/.exec(reference)
  return match ? { key: match[1]!, name: match[2]! } : undefined
}

/** The keys of the tasks to whose values settings refer. */
export function referencedTasks(settings: unknown): string[] {
  const found = (JSON.stringify(settings) ?? '').matchAll(REFERENCE)
  return [...new Set([...found].flatMap(([, reference]) => parseTaskValue(reference!)?.key ?? []))]
}

/** Returns whether settings refer to a secret. */
export const mentionsSecret = (settings: unknown) => SECRET.test(JSON.stringify(settings) ?? '')

/** @throws INVALID_PARAMETER_VALUE for a reference to a secret in a field that is not resolved */
function refuseSecrets(value: unknown, where: string): void {
  if (mentionsSecret(value))
    throw invalid(
      `${where}: {{secrets/SCOPE/KEY}} is allowed in environment variables and in base_parameters of notebooks only: other users of the machine can read the arguments of a process.`,
    )
}

/** Errors would show secrets in other fields, such as paths of files. */
const mayHaveSecrets = (field: string, task: TaskSettings) =>
  isJobCode(task) && (SECRET_FIELDS as readonly string[]).includes(field)
/** @throws INVALID_PARAMETER_VALUE for a parameter that the sweep does not have */
function requireSwept(reference: string, { task_key, for_each_task }: TaskSettings): string {
  const [, name] = reference.split('.')
  const { sweep } = for_each_task!
  if (!sweep || name === undefined || Object.hasOwn(sweep.parameters, name)) return ''
  throw invalid(
    `tasks: '${task_key}': the sweep has no parameter '${name}', to which {{${reference}}} refers.`,
  )
}

/** @throws INVALID_PARAMETER_VALUE for a reference that can never have a value */
export function checkReferences(
  settings: JobSettings,
  task: TaskSettings,
  { kind, settings: own }: KindOfTask,
): void {
  const parameters = new Set(
    (settings.parameters ?? []).map((parameter) => `job.parameters.${parameter.name}`),
  )
  const tasks = settings.tasks ?? []
  const loop = tasks.find(({ for_each_task }) => for_each_task?.task.task_key === task.task_key)
  const upstream = ancestors(tasks, (loop ?? task).task_key)
  const check = (reference: string) => {
    if (RUN_REFERENCES.has(reference) || parameters.has(reference)) return ''
    if (reference.startsWith('secrets/')) return ''
    if (loop && INPUT_REFERENCE.test(reference)) return requireSwept(reference, loop)
    const value = parseTaskValue(reference)
    if (value && upstream.has(value.key)) return ''
    throw invalid(
      `tasks: '${task.task_key}' refers to {{${reference}}}, which is neither a job parameter nor a value of a task it depends on.`,
    )
  }
  const fields = withoutLiterals(own, kind)
  refuseSecrets(settings.parameters, 'parameters')
  const others = Object.entries(fields).filter(([name]) => !mayHaveSecrets(name, task))
  refuseSecrets(Object.fromEntries(others), `tasks: '${task.task_key}'`)
  resolveReferences(fields, check, kind)
  resolveReferences(variablesOf(settings, task), check, {})
}
