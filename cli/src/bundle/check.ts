import Ajv, { type ErrorObject } from 'ajv'
import { BUNDLE_SCHEMA, INCLUDED_SCHEMA } from './schema.js'
import type { Path, Problem, Source } from './source.js'

const ajv = new Ajv.default({ strict: false, allErrors: true, verbose: true, coerceTypes: true })

/** A reference that is the whole value has the type of what it refers to. */
const REFERENCE = /^\$\{[\w.-]+\}$/

/** Checks the fields of a file and their types. @returns each mistake with its line */
export function checkFields(source: Source, { isRoot = false } = {}): Problem[] {
  const validate = ajv.compile(isRoot ? BUNDLE_SCHEMA : INCLUDED_SCHEMA)
  const value = structuredClone(source.value ?? {})
  if (validate(value)) return []
  const problems = validate
    .errors!.filter(
      ({ data, keyword }) => keyword !== 'if' && !(typeof data === 'string' && REFERENCE.test(data)),
    )
    .map((error) => source.problem(pathOf(error), describe(error)))
  return [...new Map(problems.map((one) => [`${one.line} ${one.message}`, one])).values()]
}

function pathOf({ instancePath, keyword, params }: ErrorObject): Path {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  return keyword === 'additionalProperties' ? [...path, params.additionalProperty] : path
}

function describe(error: ErrorObject): string {
  const { keyword, params, schema, parentSchema } = error
  const at = error.instancePath.slice(1).replaceAll('/', '.') || 'the file'
  if (keyword === 'additionalProperties') {
    const known = Object.keys((parentSchema as { properties?: object }).properties ?? {})
    return `unknown field '${params.additionalProperty}' in ${at}; supported: ${known.join(', ')}`
  }
  if (keyword === 'required') return `${at} lacks '${params.missingProperty}'`
  if (keyword === 'enum' && (schema as unknown[]).includes(null))
    return `${at} is not supported by this server`
  if (keyword === 'enum') return `${at} must be one of ${(schema as unknown[]).join(', ')}`
  if (keyword === 'type') return `${at} must be ${[params.type].flat().join(' or ')}`
  const message = (parentSchema as { message?: string }).message
  return `${at} ${message ? `must have ${message}` : error.message}`
}
