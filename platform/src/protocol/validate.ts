import Ajv, { type ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import { ApiError, invalid, invalidParameter, missingParameter, seeApiDocs } from '../errors.js'
import { isNestedDeeper } from './nested.js'
import { compileNormalize } from './normalize.js'

const ajv = new Ajv.default({ strict: false, strictNumbers: false, verbose: true, allErrors: false })
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

/**
 * Creates a parser of a schema that is as lenient as protobuf's JSON (see `compileNormalize`) and otherwise strict. Compiled
 * at its first use, because compiling hundreds of schemas would delay the start of a server.
 *
 * @throws INVALID_PARAMETER_VALUE with the field, in MLflow's words
 */
export function compileParser<T>(schema: TSchema): (value: unknown) => T {
  let compiled: ((value: unknown) => T) | undefined
  return (value) => {
    compiled ??= compile<T>(schema)
    return compiled(value)
  }
}

function compile<T>(schema: TSchema): (value: unknown) => T {
  const normalize = compileNormalize(schema)
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
  /** In MLflow's notation: `metrics[0].value`. */
  readonly path: string
  readonly value: unknown
  /** Python's name of the type of `value`. */
  readonly type: string
}

/** A value whose type the field does not accept. Carries the facts of its message. */
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

/** Renders MLflow's message. A float without a fraction is written like in Python: 9.0. */
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

function preview(value: unknown): string {
  const text = toJson(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return '…' // nested deeper than the stack
  }
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
