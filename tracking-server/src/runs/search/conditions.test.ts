import { readFilter } from '@cairn/platform/search/language'
import { expect, test } from 'vitest'
import { withJoinedKeys } from './conditions.js'
import { RUN_LANGUAGE } from './language.js'

const joined = (filter: string) => withJoinedKeys(readFilter(RUN_LANGUAGE, filter))

test('reads the parameters that a text is searched in together', () => {
  const words = "run_name ILIKE '%a%' OR params.x ILIKE '%a%' OR params.y ILIKE '%a%' OR tags.z ILIKE '%a%'"
  const like = { comparator: 'ILIKE', value: '%a%' }
  expect(joined(`${words} OR params.x LIKE '%a%'`)).toEqual([
    {
      anyOf: [
        [{ entity: 'attribute', key: 'run_name', ...like }],
        [{ entity: 'parameter', key: 'x', others: ['y'], ...like }],
        [{ entity: 'tag', key: 'z', ...like }],
        [{ entity: 'parameter', key: 'x', comparator: 'LIKE', value: '%a%' }],
      ],
    },
  ])
})

test('keeps comparisons apart that are joined by AND, or that ask for missing keys', () => {
  for (const filter of [
    "(params.x = 'a' AND tags.z = 'a') OR params.y = 'a'",
    'params.x IS NULL OR params.y IS NULL',
  ])
    expect(joined(filter)).toEqual(readFilter(RUN_LANGUAGE, filter))
})
