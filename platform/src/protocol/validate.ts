import Ajv, { type ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import { ApiError, invalid, invalidParameter, missingParameter, seeApiDocs } from '../errors.js'
import { isNestedDeeper } from './nested.js'
import { compileNormalize } from './normalize.js'

/** Disables checks of schemas, which a test does, because they would compile the schema of schemas at each start. */
const UNCHECKED = { meta: false, validateSchema: false }
const ajv = new Ajv.default({
  ...UNCHECKED,
  strict: false,
  strictNumbers: false,
  verbose: true,
  allErrors: false,
})
ajv.addKeyword({
  keyword: 'x-nested',
  errors: false,
  validate: (most: number, value: unknown) => !isNestedDeeper(value, most),
})

ajv.addKeyword({
  keyword: 'x-unsupported',
  errors: false,
  validate: (_: boolean, value: unknown) => value === false || (Array.isArray(value) && value.length === 0),
})

/** The maximum length of a list in a request whose schema has no `maxItems`. */
const MAX_LIST_ITEMS = 10_000

/** Creates a parser of requests. The length of lists is checked before their items are read, so that huge lists cost nothing. */
export const compileInputParser = <T>(schema: TSchema) => compileParser<T>(schema, MAX_LIST_ITEMS)

/**
 * Creates a parser of a schema that is as lenient as protobuf's JSON (see `compileNormalize`) and otherwise strict. It is
 * compiled at its first use, because compiling hundreds of schemas would delay the start of a server.
 *
 * @param maxItems the maximum length of lists whose schema has no `maxItems`
 * @throws INVALID_PARAMETER_VALUE with the field, in MLflow's words
 */
export function compileParser<T>(schema: TSchema, maxItems?: number): (value: unknown) => T {
  let compiled: ((value: unknown) => T) | undefined
  return (value) => {
    compiled ??= compile<T>(schema, maxItems)
    return compiled(value)
  }
}

function compile<T>(schema: TSchema, maxItems?: number): (value: unknown) => T {
  const normalize = compileNormalize(schema, maxItems)
  const validate = ajv.compile(schema)
  return (value) => {
    const normalized = normalize(value)
    if (!validate(normalized)) throw describe(validate.errors![0]!)
    return normalized as T
  }
}

function describe(error: ErrorObject): ApiError {
  const name = fieldName(error)
  const { message } = (error.parentSchema ?? {}) as { message?: string }
  switch (error.keyword) {
    case 'required':
    case 'minLength':
      return missingParameter(name)
    case 'maxLength':
      return invalid(`'${name}' exceeds the maximum length of ${error.params.limit} characters`)
    case 'pattern':
      return invalid(
        `Invalid value ${preview(error.data)} for parameter '${name}' supplied${message ? `: ${message}` : '.'}`,
      )
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return invalid(
        `Invalid value ${preview(error.data)} for parameter '${name}' supplied. It ${error.message}`,
      )
    case 'enum':
    case 'const':
      return invalid(
        `Invalid value ${preview(error.data)} for parameter '${name}' supplied. It must be one of ${preview(error.params.allowedValues ?? error.params.allowedValue)}`,
      )
    case 'type':
      return new WrongTypeError({ path: name, value: error.data, type: pythonType(error.data) })
    case 'x-nested':
      return invalid(
        `Invalid value for parameter '${name}' supplied: lists and objects are nested deeper than ${error.schema}.`,
      )
    case 'x-unsupported':
      return invalid(`'${name}' is not supported. Remove it: nothing would enforce it.`)
    default:
      return invalidParameter(
        `Invalid value ${preview(error.data)} for parameter '${name}' supplied: ${error.message}.`,
      )
  }
}

export interface WrongType {
  /** The path in MLflow's notation, such as `metrics[0].value`. */
  readonly path: string
  readonly value: unknown
  /** Python's name of the type of `value`. */
  readonly type: string
}

/** The error for a value whose type the field does not accept, with the facts of its message. */
export class WrongTypeError extends ApiError implements WrongType {
  readonly path: string
  readonly value: unknown
  readonly type: string

  constructor({ path, value, type }: WrongType) {
    super('INVALID_PARAMETER_VALUE', wrongTypeMessage({ path, value, type }))
    this.path = path
    this.value = value
    this.type = type
  }
}

/** Returns MLflow's message. A float without a fraction is written as in Python, such as 9.0. */
function wrongTypeMessage({ path, value, type }: WrongType): string {
  const shown = type === 'float' && Number.isInteger(value) ? (value as number).toFixed(1) : preview(value)
  return seeApiDocs(
    `Invalid value ${shown} for parameter '${path}' supplied:  Hint: Value was of type '${type}'.`,
  )
}

/** Converts `/metrics/0/value` to MLflow's notation `metrics[0].value`. */
function fieldName(error: ErrorObject): string {
  const parts = error.instancePath.split('/').slice(1)
  if (error.keyword === 'required') parts.push(error.params.missingProperty)
  return (
    parts.reduce(
      (name, part) => (/^\d+$/.test(part) ? `${name}[${part}]` : name ? `${name}.${part}` : part),
      '',
    ) || 'body'
  )
}

const PREVIEW_LENGTH = 200

function preview(value: unknown): string {
  const text = toJson(value, PREVIEW_LENGTH)
  return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH)}…` : text
}

/** Serializes like `JSON.stringify`, but may stop after `length` characters, because an invalid value may be huge. */
function toJson(value: unknown, length: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, length + 1))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value)
  const isList = Array.isArray(value)
  let text = isList ? '[' : '{'
  for (const [name, item] of isList ? value.entries() : Object.entries(value)) {
    if (text.length > length) return text
    if (text.length > 1) text += ','
    if (!isList) text += `${JSON.stringify(String(name).slice(0, length + 1))}:`
    text += toJson(item, length - text.length)
  }
  return text + (isList ? ']' : '}')
}

function pythonType(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    default:
      return 'dict'
  }
}
