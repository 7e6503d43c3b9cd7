import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { outputOption, printOne, printRows } from './output.js'

let written: string
beforeEach(() => {
  written = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += text
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

const command = (output?: string) => {
  const parser = new Command('x').addOption(outputOption()).exitOverride()
  return parser.configureOutput({ writeErr: () => {} }).parse(output ? ['-o', output] : [], { from: 'user' })
}
interface Row {
  readonly name: string
  readonly score: number
}
const ROWS: Row[] = [
  { name: '영화', score: 0.123456789 },
  { name: 'a,"b"', score: 12 },
]
const COLUMNS = { name: (row: Row) => row.name, score: (row: Row) => row.score }

test('aligns table columns, including characters that are two columns wide', () => {
  printRows(command(), ROWS, COLUMNS)
  expect(written).toBe('NAME   SCORE\n영화   0.123457\na,"b"  12\n')
})

test('quotes CSV where necessary, and prints rows as JSON, or [] for none', () => {
  printRows(command('csv'), ROWS, COLUMNS)
  expect(written).toBe('name,score\n영화,0.123457\n"a,""b""",12\n')
  written = ''
  printRows(command('json'), ROWS, COLUMNS)
  expect(JSON.parse(written)).toEqual(ROWS)
  written = ''
  printRows<Row>(command('json'), [], COLUMNS, 'nothing')
  expect(written).toBe('[]\n')
})

test('rejects an unknown format and lists the known ones', () => {
  expect(() => command('xml')).toThrow('Allowed choices are table, json, csv')
})

test('prints one object field by field', () => {
  printOne(command(), ROWS[1]!, COLUMNS)
  expect(written).toBe('name   a,"b"\nscore  12\n')
  written = ''
  printOne(command('json'), ROWS[1]!, COLUMNS)
  expect(JSON.parse(written)).toEqual(ROWS[1])
})
