import { invalid } from '@cairn/platform/errors'
import type { JobSettings, TaskSettings } from '@cairn/platform/protocol/jobs'
import { ancestors } from './graph.js'

const REFERENCE = /\{\{\s*([\w.-]+)\s*\}\}/g
const WHOLE = /^\{\{\s*([\w.-]+)\s*\}\}$/

/** Returns the value of a reference such as `job.parameters.x`, or undefined. */
export type Lookup = (reference: string) => unknown

/**
 * Replaces `{{…}}` in every string inside `value`. A string that is one reference becomes the value itself, with its
 * type; inside longer text it becomes text.
 *
 * @throws INVALID_PARAMETER_VALUE naming a reference without a value
 */
export function resolveReferences(value: unknown, lookup: Lookup): unknown {
  if (typeof value === 'string') return resolveText(value, lookup)
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, lookup))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveReferences(item, lookup)]),
  )
}

function resolveText(text: string, lookup: Lookup): unknown {
  const find = (reference: string) => {
    const found = lookup(reference)
    if (found === undefined) throw invalid(`The reference {{${reference}}} has no value.`)
    return found
  }
  const whole = WHOLE.exec(text)
  if (whole) return find(whole[1]!)
  return text.replaceAll(REFERENCE, (_match, reference: string) => {
    const found = find(reference)
    return typeof found === 'string' ? found : JSON.stringify(found)
  })
}

export const hasReferences = (value: unknown) => new RegExp(REFERENCE).test(JSON.stringify(value) ?? '')

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
export function checkReferences(settings: JobSettings, task: TaskSettings): void {
  const parameters = new Set(
    (settings.parameters ?? []).map((parameter) => `job.parameters.${parameter.name}`),
  )
  const upstream = ancestors(settings.tasks ?? [], task.task_key)
  resolveReferences(task.node_task?.parameters ?? {}, (reference) => {
    if (RUN_REFERENCES.has(reference) || parameters.has(reference)) return ''
    const value = parseTaskValue(reference)
    if (value && upstream.has(value.key)) return ''
    throw invalid(
      `tasks: '${task.task_key}' refers to {{${reference}}}, which is neither a job parameter nor a value of a task it depends on.`,
    )
  })
}
