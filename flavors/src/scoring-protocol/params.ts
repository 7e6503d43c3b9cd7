import { invalid } from '@cairn/platform/errors'
import type { Param } from '../mlmodel/signature.js'
import { isDate } from './casts.js'
import { enforceNested } from './nested-types.js'
import { isRow, type Row } from './scoring-input.js'

/**
 * Parses the `params` of a request by the signature of the model: absent ones have their default, unknown ones are ignored.
 * All are ignored if the signature declares none, as in MLflow.
 *
 * @throws INVALID_PARAMETER_VALUE naming the parameter
 */
export function parseParams(value: unknown, schema: readonly Param[] | undefined): Row | undefined {
  if (!schema) return undefined
  const given = value ?? {}
  if (!isRow(given)) throw invalid("'params' must be an object.")
  return Object.fromEntries(
    schema.map((param) => {
      const { name } = param
      return [name, Object.hasOwn(given, name) ? parseParam(given[name], param) : param.default]
    }),
  )
}

function parseParam(value: unknown, param: Param): unknown {
  const path = `Parameter 'params.${param.name}'`
  if (!param.shape) return parseScalar(value, param, path)
  if (!Array.isArray(value)) throw invalid(`${path} must be a list.`)
  return value.map((item, at) => parseScalar(item, param, `${path}[${at}]`))
}

interface Rule {
  accepts(value: unknown): boolean
  readonly wanted: string
}

const INTEGER: Rule = { accepts: Number.isSafeInteger, wanted: 'an integer' }
const NUMBER: Rule = { accepts: (value) => typeof value === 'number', wanted: 'a number' }

/** Stricter than the cells of a table: text is not read as a number. */
const RULES: Readonly<Record<string, Rule>> = {
  boolean: { accepts: (value) => typeof value === 'boolean', wanted: 'true or false' },
  integer: INTEGER,
  long: INTEGER,
  float: NUMBER,
  double: NUMBER,
  string: { accepts: (value) => typeof value === 'string', wanted: 'text' },
  datetime: {
    accepts: (value) => typeof value === 'string' && isDate(value),
    wanted: 'a date and time of ISO 8601',
  },
}

function parseScalar(value: unknown, param: Param, path: string): unknown {
  const rule = Object.hasOwn(RULES, param.type) ? RULES[param.type] : undefined
  if (!rule) return enforceNested(value, param, { path, required: true })
  if (value !== null && !rule.accepts(value)) throw invalid(`${path} must be ${rule.wanted}.`)
  return value
}
