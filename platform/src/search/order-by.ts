import { invalid } from '../errors.js'
import { asName } from './parse.js'
import { type Token, tokenize } from './tokens.js'

export interface OrderBy {
  readonly entity: string | undefined
  readonly key: string
  readonly descending: boolean
}

/** Parses `entity.key [ASC|DESC]` like MLflow. @throws INVALID_PARAMETER_VALUE */
export function parseOrderBy(text: string): OrderBy {
  const [first, direction, ...rest] = read(text)
  const name = first && asName(first)
  if (!name || rest.length > 0) throw unreadable(text)
  if (!direction) return { ...name, descending: false }
  const word = direction.text.toLowerCase()
  if (direction.kind !== 'name' || (word !== 'asc' && word !== 'desc'))
    throw invalid(`Invalid ordering key in order_by clause '${text}'.`)
  return { ...name, descending: word === 'desc' }
}

function read(text: string): Token[] {
  try {
    return tokenize(text)
  } catch (cause) {
    throw unreadable(text, cause)
  }
}

const unreadable = (text: string, cause?: unknown) =>
  invalid(`Invalid order_by clause '${text}'. Could not be parsed.`, { cause })
