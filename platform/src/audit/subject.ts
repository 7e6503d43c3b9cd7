import type { FastifyRequest } from 'fastify'
import type { AuditedOperation } from '../protocol/audit-classes.js'
import type { Subject } from './event.js'

/** Finds the object of a request, if its operation declares which fields name it. */
export function subjectOf(
  { subject }: AuditedOperation,
  { body, query, params }: FastifyRequest,
  output: unknown,
): Subject | undefined {
  if (!subject) return undefined
  const valueAt = (path: string) => {
    const [side, ...fields] = path.split('.')
    const sources = side === 'output' ? [output] : [params, query, body]
    return sources.map((source) => fieldAt(source, fields)).find((one) => one !== undefined)
  }
  const id = subject.id && valueAt(subject.id)
  const names = subject.name?.map(valueAt) ?? []
  const name = names.length > 0 && names.every((one) => one !== undefined) ? names.join('.') : undefined
  if (id === undefined && name === undefined) return undefined
  return { type: subject.type, ...(id !== undefined && { id }), ...(name !== undefined && { name }) }
}

function fieldAt(source: unknown, [field, ...rest]: readonly string[]): string | undefined {
  if (field === undefined)
    return typeof source === 'string' || typeof source === 'number' ? String(source) : undefined
  if (typeof source !== 'object' || source === null) return undefined
  return fieldAt((source as Record<string, unknown>)[field], rest)
}
