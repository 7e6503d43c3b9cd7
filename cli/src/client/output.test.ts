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

test('shows control characters of names instead of sending them to the terminal', () => {
  const row = { name: 'a\nowner  \u001b]52;c;eA==\u0007', score: 1 }
  printRows(command(), [row], COLUMNS, '')
  expect(written).toBe('NAME                              SCORE\na\\nowner  \\u001b]52;c;eA==\\u0007  1\n')
  written = ''
  printRows(command(), [row], { 'x\u001b[2J': () => 1 })
  expect(written).toBe('X\\u001b[2J\n1\n')
  written = ''
  printOne(command(), row, COLUMNS)
  expect(written).toBe('name   a\n       owner  \\u001b]52;c;eA==\\u0007\nscore  1\n')
  written = ''
  printRows(command('json'), [{ name: 'a\u009b\u202e', score: 1 }], COLUMNS, '')
  expect(written).toContain('"a\\u009b\\u202e"')
  expect(JSON.parse(written)).toEqual([{ name: 'a\u009b\u202e', score: 1 }])
})

test('escapes formulas in CSV, but no numbers', () => {
  const rows = ['=HYPERLINK("http://x")', '@a', '-1.5', '+1', '-x'].map((name) => ({ name, score: -2 }))
  printRows(command('csv'), rows, COLUMNS, '')
  expect(written).toBe(`name,score\n"'=HYPERLINK(""http://x"")",-2\n'@a,-2\n-1.5,-2\n+1,-2\n'-x,-2\n`)
})
