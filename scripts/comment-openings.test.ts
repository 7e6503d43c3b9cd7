import { expect, test } from 'vitest'
import { clauseOpenings } from './comment-openings.mjs'
import { sourceFiles } from './source-files.mjs'

test('no comment begins with a clause instead of a sentence', () => {
  const files = sourceFiles().filter(({ path }) => path !== 'scripts/comment-openings.test.ts')
  expect(files.length).toBeGreaterThan(1_000)
  const found = files.flatMap(({ path, text }) => clauseOpenings(text).map((line) => `${path}:${line}`))
  expect(found, 'begin with a verb or with the name of the thing').toEqual([])
})

test.each([
  ['a docstring', '/** What is granted. */\nconst a = 1', [1]],
  ['a docstring of several lines', '/**\n * Who may read,\n * and why.\n */', [2]],
  ['a further paragraph', '/**\n * Reads.\n *\n * Those of others are hidden.\n */', [4]],
  ['a line comment', 'f()\n// Of all parts.\ng()', [2]],
  ['a comment after code', 'f() // Whatever it is', [1]],
])('%s is reported', (_, text, lines) => {
  expect(clauseOpenings(text)).toEqual(lines)
})

test.each([
  ['a sentence', '/** Returns what is granted. */'],
  ['a sentence that goes on in the next line', '/**\n * Lists the groups\n * Which contain them.\n */'],
  ['a second line of line comments', '// Lists groups\n// Of others'],
  ['code', "const a = 'What is granted'"],
])('%s is not reported', (_, text) => {
  expect(clauseOpenings(text)).toEqual([])
})
