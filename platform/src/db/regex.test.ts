import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { type SqlBool, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../testing/databases.js'
import { linearRegex } from './linear-regex.js'

const CHARACTERS = ['a', 'A', 'b', 'B', 'z', '1', '_', ' ', '\n', 'é', 'É', 'ß', '한', '-', ']', '^', '.']
const WORDS = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 8 }).map((all) => all.join(''))

const escaped = (character: string) => character.replace(/[\]^.-]/, '\\$&').replace('\n', '\\n')
const character = fc.constantFrom(...CHARACTERS).map(escaped)
const range = fc.constantFrom('a-b', 'A-Z', '0-9', 'à-ü', 'Z-a', '\\x41-\\u0042')
const set = fc
  .tuple(
    fc.constantFrom('[', '[^', '[]', '[^]'),
    fc.array(fc.oneof(character, range, fc.constant('\\d')), { minLength: 1, maxLength: 3 }),
  )
  .map(([start, members]) => `${start}${members.join('')}]`)
const atom = fc.oneof(
  { weight: 3, arbitrary: character },
  set,
  fc.constantFrom('.', '\\d', '\\S', '\\b', '^', '$', '{b', '}', '(?:^|a)', '(b|$)'),
)
const times = fc.constantFrom('', '', '*', '+?', '?', '{2}', '{0,2}')
const sequence = (part: fc.Arbitrary<string>) =>
  fc.array(part, { minLength: 1, maxLength: 4 }).map((all) => all.join(''))
const alternatives = (part: fc.Arbitrary<string>) =>
  fc.array(sequence(part), { minLength: 1, maxLength: 2 }).map((all) => all.join('|'))
const group = (part: fc.Arbitrary<string>) =>
  fc.tuple(alternatives(part), times).map(([inner, times]) => `(${inner})${times}`)
const pattern = fc
  .tuple(
    fc.constantFrom('', '(?i)', '(?s)', '(?m)', '(?is)', '(?m)(?i)', '(?ims)'),
    alternatives(fc.oneof(atom, group(fc.oneof(atom, group(atom))))),
  )
  .map(([flags, rest]) => flags + rest)
/** JavaScript's `\b` knows only ASCII letters. */
const comparable = (pattern: string, text: string) =>
  !(pattern.includes('\\b') && /[\u0080-\uffff]/.test(text))
const texts = fc.array(WORDS, { minLength: 1, maxLength: 5 })

test.each([
  ['(?i)timeout', ['Request TIMEOUT', 'TimeOut'], ['time out']],
  ['(?i)^[^a-m]+$', ['NoPQ'], ['xA', 'a']],
  ['(?i)É[à-ü]', ['éÀ', 'ÉÜ'], ['ea']],
  ['a.b', ['a\rb', 'a b'], ['a\nb']],
  ['(?s)a.b', ['a\nb'], ['ab']],
  ['(?m)^b$', ['a\nb\nc', 'b'], ['a\nbc']],
  ['(?si)(?m)^B.C', ['a\nb\nc'], ['ab\nc']],
  ['[]a]+b', [']ab'], ['b']],
  ['x{,2}y$', ['xxy'], ['xx']],
  ['(?P<year>\\d{4})', ['in 2026'], ['in 26']],
  ['^😀{2}$', ['😀😀'], ['😀']],
  ['[[:alpha:]]', [':]', 'l]'], ['b]', 'b']],
])('reads %j like Python', (pattern, matching, others) => {
  const regex = linearRegex(pattern)
  expect(matching.map((text) => regex.test(text))).toEqual(matching.map(() => true))
  expect(others.map((text) => regex.test(text))).toEqual(others.map(() => false))
})

test.each([
  '(?x)a',
  '(?i',
  'a(?i)b',
  '(?i:a)',
  '(?-i)a',
  '\\Aa',
  '\\1',
  '\\x4',
  '[a',
  '[\\w-z]',
  '[😀]',
  'a\\',
  '***=a',
  'a{,2}{3}',
])('rejects %s', (pattern) => {
  expect(() => linearRegex(pattern)).toThrow(/^Invalid regular expression .* flags but \(\?i\)/)
})

describe.each(databases)('regular expressions on %s', (_name, database) => {
  let opened: Awaited<ReturnType<typeof database.open>>
  beforeAll(async () => {
    opened = await database.open()
  })
  afterAll(() => opened.close())

  test('match like the linear engine', async () => {
    const { engine } = opened.db
    await fc.assert(
      fc.asyncProperty(pattern, texts, async (pattern, written) => {
        const texts = written.filter((text) => comparable(pattern, text))
        const regex = linearRegex(pattern)
        const rows = engine.dialect.rows(
          texts.map((text) => ({ text })),
          { text: 'text' },
        )
        const found = sql<{
          found: SqlBool
        }>`select ${engine.dialect.matches(sql`text`, pattern)} as found from ${rows} as t`
        const answers = (await found.execute(engine.read)).rows.map((row) => Boolean(row.found))
        expect(answers).toEqual(texts.map((text) => regex.test(text)))
      }),
      { numRuns: 200 },
    )
  })
})

const python = process.env.TEST_PYTHON

test.skipIf(!python)('match like Python (TEST_PYTHON: a python)', () => {
  const cases = fc
    .sample(fc.tuple(pattern, WORDS), 2_000)
    .filter(([pattern, text]) => comparable(pattern, text) && !(pattern.includes('$') && text.endsWith('\n'))) // Python's `$` also matches before a final newline
  const script = `
import json, re, sys, warnings
warnings.simplefilter('ignore')
print(json.dumps([re.search(p, t) is not None for p, t in json.load(sys.stdin)]))`
  const input = JSON.stringify(cases)
  const answers = JSON.parse(execFileSync(python!, ['-c', script], { input, encoding: 'utf8' })) as boolean[]
  expect(answers.filter(Boolean).length).toBeGreaterThan(100)
  const results = (found: (at: number) => boolean) => cases.map((one, at) => [...one, found(at)])
  expect(results((at) => linearRegex(cases[at]![0]).test(cases[at]![1]))).toEqual(
    results((at) => answers[at]!),
  )
})
