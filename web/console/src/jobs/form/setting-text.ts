import type { Sweep } from '../trials.js'
import type { Editor } from './kind-fields.js'
import { readSwept, sweptText } from './swept-parameters.js'

export const OPERATORS = [
  ['EQUAL_TO', '='],
  ['NOT_EQUAL', '≠'],
  ['GREATER_THAN', '>'],
  ['GREATER_THAN_OR_EQUAL', '≥'],
  ['LESS_THAN', '<'],
  ['LESS_THAN_OR_EQUAL', '≤'],
] as const

/** The text of a value in its control. */
export function toText(value: unknown, editor: Editor): string {
  if (value === undefined || value === null) return ''
  if (editor === 'lines' && Array.isArray(value)) return value.join('\n')
  if (editor === 'map')
    return Object.entries(value as Record<string, unknown>)
      .map(([name, one]) => `${name}=${String(one)}`)
      .join('\n')
  if (editor === 'json' && typeof value !== 'string') return JSON.stringify(value, null, 2)
  if (editor === 'job' && Number(value) === 0) return ''
  if (editor === 'swept') return sweptText(value as Sweep['parameters'])
  return typeof value === 'string' ? value : String(value)
}

/** The value of a text; undefined if it cannot be read, such as half of a JSON text. */
export function fromText(text: string, editor: Editor): { readonly value: unknown } | undefined {
  switch (editor) {
    case 'lines':
      return { value: text.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1) }
    case 'map': {
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      return { value: Object.fromEntries(lines.map(pairOf)) }
    }
    case 'number':
    case 'job':
      return text.trim() === '' || Number.isSafeInteger(Number(text)) ? { value: Number(text) } : undefined
    case 'swept': {
      const parameters = readSwept(text)
      return parameters && { value: parameters }
    }
    case 'json':
      try {
        return { value: text.trim() === '' ? undefined : JSON.parse(text) }
      } catch {
        return undefined
      }
    default:
      return { value: text }
  }
}

/** The value of a text in the settings: undefined if it is empty, unless `keepsEmpty`. */
export function settingOf(text: string, read: unknown, keepsEmpty: boolean): unknown {
  if (text.trim() !== '') return read
  if (!keepsEmpty) return undefined
  return typeof read === 'object' ? read : ''
}

function pairOf(line: string): [string, string] {
  const at = line.indexOf('=')
  return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1)]
}
