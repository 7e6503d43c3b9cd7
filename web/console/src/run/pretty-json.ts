import { parseJson } from '../artifacts/python-json.js'

const WIDTH = 96

/** Indents JSON and keeps lists of scalars on few lines. Returns other text unchanged. */
export function prettyJson(text: string): string {
  try {
    return print(parseJson(text), '')
  } catch {
    return text
  }
}

function print(value: unknown, indent: string): string {
  if (typeof value === 'number') return String(value) // JSON has no NaN
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const items = value.map((item) => print(item, inner))
    const plain = value.every((item) => typeof item !== 'object' || item === null)
    const line = `[${items.join(', ')}]`
    if (plain && indent.length + line.length <= WIDTH) return line
    return `[\n${inner}${plain ? fill(items, inner) : items.join(`,\n${inner}`)}\n${indent}]`
  }
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`)
  return fields.length === 0 ? '{}' : `{\n${inner}${fields.join(`,\n${inner}`)}\n${indent}}`
}

function fill(items: readonly string[], indent: string): string {
  let column = indent.length
  return items
    .map((item, index) => {
      const text = index < items.length - 1 ? `${item},` : item
      const breaks = index > 0 && column + text.length + 1 > WIDTH
      column = breaks ? indent.length + text.length : column + text.length + 1
      return `${breaks ? `\n${indent}` : index > 0 ? ' ' : ''}${text}`
    })
    .join('')
}
