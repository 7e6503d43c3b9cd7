import { randomUUID } from 'node:crypto'

const NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
/** Unguessable, so that no text of a query looks like a number. */
const MARK = `number ${randomUUID()} `
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g')

/** Parses JSON with its numbers as marked text: DuckDB's have 64 bits, and 1 differs from 1.0. */
export const parseExact = (json: string): unknown =>
  JSON.parse(json.replaceAll(NUMBER, (token) => (token.startsWith('"') ? token : `"${MARK}${token}"`)))

/** The JSON of a value from `parseExact`, with its numbers as they were. */
export const stringifyExact = (value: unknown): string =>
  JSON.stringify(value).replaceAll(MARKED, (_match, number: string) => number)
