import { invalid } from '@cairn/platform/errors'
import type { StatementParameter } from '@cairn/platform/protocol/databricks/statements'

type Value = string | number | boolean | null

const INTEGERS = ['TINYINT', 'BYTE', 'SMALLINT', 'SHORT', 'INT', 'INTEGER', 'BIGINT', 'LONG']
const FLOATS = ['FLOAT', 'REAL', 'DOUBLE']
/** Passed as text, which DuckDB casts where the query compares it. */
const TEXTS = ['STRING', 'DATE', 'TIMESTAMP', 'TIMESTAMP_NTZ']

/** @throws INVALID_PARAMETER_VALUE naming the parameter */
export function toValues(parameters: readonly StatementParameter[]): Record<string, Value> {
  const values: Record<string, Value> = {}
  for (const [i, { name, value = null, type = 'STRING' }] of parameters.entries()) {
    if (!/^\w+$/.test(name)) throw invalid(`parameters[${i}].name: letters, digits and _ only.`)
    if (Object.hasOwn(values, name)) throw invalid(`parameters[${i}].name: '${name}' is given twice.`)
    values[name] = value === null ? null : toValue(value, type, `parameters[${i}]`)
  }
  return values
}

function toValue(text: string, type: string, where: string): Value {
  const wrong = () => invalid(`${where}.value: '${text.slice(0, 100)}' is not ${type}.`)
  const name = type.toUpperCase()
  if (TEXTS.includes(name) || /^DECIMAL(\(\d+(,\s*\d+)?\))?$/.test(name)) return text
  if (name === 'BOOLEAN') {
    if (!/^(true|false)$/i.test(text)) throw wrong()
    return text.toLowerCase() === 'true'
  }
  if (INTEGERS.includes(name)) {
    if (!/^[+-]?\d{1,19}$/.test(text)) throw wrong()
    return Number.isSafeInteger(Number(text)) ? Number(text) : text
  }
  if (FLOATS.includes(name)) {
    if (text.trim() === '' || Number.isNaN(Number(text))) throw wrong()
    return Number(text)
  }
  throw invalid(
    `${where}.type: '${type.slice(0, 100)}' is not supported; one of ${[...INTEGERS, ...FLOATS, ...TEXTS].join(', ')}, DECIMAL, BOOLEAN.`,
  )
}
