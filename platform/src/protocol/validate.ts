import Ajv, { type ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import { type ApiError, invalid, invalidParameter, missingParameter } from '../errors.js'
import { isNestedDeeper } from './nested.js'
import { compileNormalize } from './normalize.js'

const ajv = new Ajv.default({ strict: false, strictNumbers: false, verbose: true, allErrors: false })
ajv.addKeyword({
  keyword: 'x-nested',
  errors: false,
  validate: (most: number, value: unknown) => !isNestedDeeper(value, most),
})

/**
 * A parser of a schema: lenient where protobuf's JSON is (see `compileNormalize`), and strict beyond. It is compiled at its
 * first use, because a server has some hundred schemas and a start must not wait for all of them.
 *
 * @throws INVALID_PARAMETER_VALUE in MLflow's own words, naming the field.
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
      return wrongType(name, error.data)
    case 'x-nested':
      return invalid(
        `Invalid value for parameter '${name}' supplied: lists and objects are nested deeper than ${error.schema}.`,
      )
    default:
      return invalidParameter(
        `Invalid value ${preview(error.data)} for parameter '${name}' supplied: ${error.message}.`,
      )
  }
}

const wrongType = (name: string, value: unknown) =>
  invalidParameter(
    `Invalid value ${preview(value)} for parameter '${name}' supplied:  Hint: Value was of type '${pythonType(value)}'.`,
  )

/** `/metrics/0/value` → `metrics[0].value`, MLflow's way of naming a nested field. */
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
  const text = written(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function written(value: unknown): string {
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
