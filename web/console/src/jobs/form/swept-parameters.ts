import type { Sweep } from '../trials.js'

type Parameters = Sweep['parameters']
type Swept = Parameters[string]
type Value = NonNullable<Swept['values']>[number]

const NUMBER = String.raw`-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`
const RANGE = new RegExp(`^(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})((?:\\s+(?:log|linear|int|float))*)$`)
const IS_NUMBER = new RegExp(`^${NUMBER}$`)
/** A text in quotes, or anything without a comma. */
const ITEM = /\s*("(?:[^"\\]|\\.)*"|[^,"]+)\s*(,|$)/y

/** Writes a parameter per line: `depth = 2 .. 9 int`, `lr = 0.001 .. 0.1 log`, `loss = mse, mae`. */
export const sweptText = (parameters: Parameters): string =>
  Object.entries(parameters)
    .map(([name, swept]) => `${name} = ${rangeText(swept) ?? (swept.values ?? []).map(valueText).join(', ')}`)
    .join('\n')

function rangeText({ values, min, max, scale, type }: Swept): string | undefined {
  if (values !== undefined || min === undefined || max === undefined) return undefined
  return [`${min} .. ${max}`, scale, type].filter(Boolean).join(' ')
}

/** Quotes text that would not be read back as itself. */
function valueText(value: Value): string {
  if (typeof value !== 'string') return String(value)
  const isPlain = value.trim() === value && !/[,"\r\n]|\.\./.test(value) && readValue(value) === value
  return isPlain && value !== '' ? value : JSON.stringify(value)
}

/** Reads what `sweptText` writes; undefined for a line that is not a parameter. */
export function readSwept(text: string): Parameters | undefined {
  const parameters: Record<string, Swept> = {}
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const at = line.indexOf('=')
    const swept =
      at < 1 ? undefined : (readRange(line.slice(at + 1).trim()) ?? readValues(line.slice(at + 1)))
    if (swept === undefined) return undefined
    parameters[line.slice(0, at).trim()] = swept
  }
  return parameters
}

function readRange(text: string): Swept | undefined {
  const [, min, max, words = ''] = RANGE.exec(text) ?? []
  if (min === undefined) return undefined
  const scale = /\b(log|linear)\b/.exec(words)?.[1] as Swept['scale']
  const type = /\b(int|float)\b/.exec(words)?.[1] as Swept['type']
  return { min: Number(min), max: Number(max), ...(scale && { scale }), ...(type && { type }) }
}

function readValues(text: string): Swept | undefined {
  const values: Value[] = []
  ITEM.lastIndex = 0
  for (let at = 0; at < text.length; at = ITEM.lastIndex) {
    const [, item, separator] = ITEM.exec(text) ?? []
    const value = item === undefined ? undefined : readValue(item.trim())
    if (value === undefined) return undefined
    values.push(value)
    if (separator === '') return { values }
  }
  return undefined
}

function readValue(text: string): Value | undefined {
  if (text.startsWith('"')) return readText(text)
  if (text === '' || text.includes('..')) return undefined
  if (text === 'true' || text === 'false') return text === 'true'
  return IS_NUMBER.test(text) ? Number(text) : text
}

function readText(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
