import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import { ancestors } from './graph.js'
import type { KindOfTask } from './registry.js'
import type { TaskKind } from './task-kind.js'

const REFERENCE = /\{\{\s*([\w.-]+)\s*\}\}/g
const WHOLE = /^\{\{\s*([\w.-]+)\s*\}\}$/

/** Returns the value of a reference such as `job.parameters.x`, or undefined. */
export type Lookup = (reference: string) => unknown

type ReferenceOptions = Pick<TaskKind, 'keepsTypes'>

/**
 * Replaces `{{…}}` in every string inside `value` by text. With `keepsTypes`, a string that is one reference becomes the value
 * itself.
 *
 * @throws INVALID_PARAMETER_VALUE naming a reference without a value
 */
export function resolveReferences(value: unknown, lookup: Lookup, options: ReferenceOptions): unknown {
  if (typeof value === 'string') return resolveText(value, lookup, options)
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, lookup, options))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveReferences(item, lookup, options)]),
  )
}

/** The settings of a task without fields in which `{{…}}` is no reference. */
export const withoutLiterals = (settings: object, { literal = [] }: Pick<TaskKind, 'literal'>): object =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !literal.includes(name)))

function resolveText(text: string, lookup: Lookup, { keepsTypes }: ReferenceOptions): unknown {
  const find = (reference: string) => {
    const found = lookup(reference)
    if (found === undefined) throw invalid(`The reference {{${reference}}} has no value.`)
    return found
  }
  const whole = WHOLE.exec(text)
  if (whole && keepsTypes) return find(whole[1]!)
  return text.replaceAll(REFERENCE, (_match, reference: string) => {
    const found = find(reference)
    return typeof found === 'string' ? found : JSON.stringify(found)
  })
}

export const hasReferences = (value: unknown) => new RegExp(REFERENCE).test(JSON.stringify(value) ?? '')

/** The input of an iteration, or a member of it. */
export const INPUT = /^input(\.|$)/

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
    if (loop && INPUT.test(reference)) return ''
    const value = parseTaskValue(reference)
    if (value && upstream.has(value.key)) return ''
    throw invalid(
      `tasks: '${task.task_key}' refers to {{${reference}}}, which is neither a job parameter nor a value of a task it depends on.`,
    )
  }
  resolveReferences(withoutLiterals(own, kind), check, kind)
}
