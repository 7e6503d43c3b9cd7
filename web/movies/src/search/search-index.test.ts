import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Film, filmOf } from '../films/film.js'
import { fullTitlesOf, tokensOf } from './names.js'
import { parseQuery } from './query.js'
import { SearchIndex, TIER } from './search-index.js'
import { mayHaveTypo } from './typo.js'

const TITLES: readonly (readonly [string, string?])[] = [
  ['Matrix, The (1999)', '매트릭스'],
  ['Matrix Reloaded, The (2003)'],
  ['Animatrix, The (2003)'],
  ['Heat (1995)', '히트'],
  ['Amélie (Fabuleux destin d’Amélie Poulain, Le) (2001)'],
  ['Léon: The Professional (a.k.a. The Professional) (Léon) (1994)', '레옹'],
  ['Parasite (2019)', '기생충'],
  ['Shawshank Redemption, The (1994)', '쇼생크 탈출'],
  ['Spider-Man (2002)'],
  ['E.T. the Extra-Terrestrial (1982)'],
  ['2001: A Space Odyssey (1968)'],
  ['Fast & Furious (2009)'],
  ['WALL·E (2008)'],
  ['8 1/2 (8½) (1963)'],
  ['City of Lost Children, The (Cité des enfants perdus, La) (1995)'],
  ['Toy Story (1995)', '토이 스토리'],
  ['Toy Story 2 (1999)', '토이 스토리 2'],
  ['Star Wars: Episode V - The Empire Strikes Back (1980)', '스타워즈 에피소드 5 - 제국의 역습'],
  ['Home Alone (1990)', '나 홀로 집에'],
  ['Fifth Element, The (1997)', '제5원소'],
]
const FILMS = TITLES.map(([title, koreanTitle], id) => filmOf({ id, title, koreanTitle }))
const index = new SearchIndex(FILMS)
const titles = (query: string) => index.search(query, 20).films.map((film) => film.title)
const first = (query: string) => titles(query)[0]

describe('finds a film by', () => {
  test.each([
    ['a prefix of any word', 'redem', 'The Shawshank Redemption'],
    ['its title as the list has it', 'Matrix, The', 'The Matrix'],
    ['its title as people say it', 'the matrix', 'The Matrix'],
    ['its title without the article', 'matrix', 'The Matrix'],
    ['its title and year', 'Matrix, The (1999)', 'The Matrix'],
    ['a wrong letter', 'matrax', 'The Matrix'],
    ['a missing letter', 'shwshank', 'The Shawshank Redemption'],
    ['a letter too many', 'shawwshank', 'The Shawshank Redemption'],
    ['two swapped letters', 'redepm', 'The Shawshank Redemption'],
    ['swapped first letters', 'eHat', 'Heat'],
    ['swapped letters of a short word', 'tyo', 'Toy Story'],
    ['a title without its accents', 'leon', 'Léon: The Professional'],
    ['a title with accents of its own', 'amelié', 'Amélie'],
    ['its original title', 'la cite des enfants', 'The City of Lost Children'],
    ['another title', 'professional', 'Léon: The Professional'],
    ['words in another order', 'story toy', 'Toy Story'],
    ['a compound written together', 'spiderman', 'Spider-Man'],
    ['a compound written apart', 'spider man', 'Spider-Man'],
    ['an acronym without dots', 'et', 'E.T. the Extra-Terrestrial'],
    ['a word for a sign', 'fast and furious', 'Fast & Furious'],
    ['a dot that cannot be typed', 'walle', 'WALL·E'],
    ['a year', '2019', 'Parasite'],
    ['a number that is no year', '2001', '2001: A Space Odyssey'],
    ['a Korean title', '기생충', 'Parasite'],
    ['a Korean title without its space', '쇼생크탈출', 'The Shawshank Redemption'],
    ['a slip in a Korean title', '쇼생크 탈줄', 'The Shawshank Redemption'],
    ['its initials in Korean', 'ㄱㅅㅊ', 'Parasite'],
    ['initials that an input method joined', 'ㅅㅅㅋㅌㅊ', 'The Shawshank Redemption'],
    ['its initials from a later word on', 'ㅈㄱㅇㅇㅅ', 'Star Wars: Episode V - The Empire Strikes Back'],
    ['its initials word by word', 'ㅅㅌㅇㅈ ㅇㅅ', 'Star Wars: Episode V - The Empire Strikes Back'],
    ['its initials with a number', 'ㅌㅇㅅㅌㄹ2', 'Toy Story 2'],
    ['its initials around a number', 'ㅈ5ㅇㅅ', 'The Fifth Element'],
    ['a Korean title with a space too many', '스타 워즈', 'Star Wars: Episode V - The Empire Strikes Back'],
    ['a Korean title with spaces elsewhere', '나홀로 집에', 'Home Alone'],
    ['a Korean title with a space after each syllable', '토 이 스 토 리', 'Toy Story'],
    ['later words of a Korean title', '제국의역습', 'Star Wars: Episode V - The Empire Strikes Back'],
    ['a Korean title with other spaces and its year', '토이스 토리 1999', 'Toy Story 2'],
    ['a Korean title in decomposed form', '기생충'.normalize('NFD'), 'Parasite'],
  ])('%s', (_, query, title) => expect(first(query)).toBe(title))

  test.each(['ㄱ', '기', '깃', '기새', '기생', '기생ㅊ', '기생추', '기생충'])(
    'an unfinished Korean syllable: %s',
    (query) => expect(titles(query)).toContain('Parasite'),
  )
})

test('filters by year', () => {
  expect(titles('matrix 2003')).toEqual(['The Matrix Reloaded', 'The Animatrix'].slice(0, 1))
  expect(titles('toy story 1999')).toEqual(['Toy Story 2'])
})

test('allows no typos in numbers, initials and short words', () => {
  expect(titles('ㅌㅇㅅㅌㄹ')).toEqual(['Toy Story', 'Toy Story 2'])
  expect(titles('ㅌㅇㅅㅌㅁ')).toEqual([])
  expect(titles('2018')).toEqual([])
  expect(titles('taoy')).toEqual(['Toy Story', 'Toy Story 2'])
  expect(titles('tuy')).toEqual([])
})

test('orders by match quality, then by popularity', () => {
  expect(titles('toy story')).toEqual(['Toy Story', 'Toy Story 2'])
  const ranked = new SearchIndex(FILMS)
  ranked.rankBy(new Map([[FILMS[1]!.key, 9]]))
  expect(ranked.search('mat', 5).films.map(({ title }) => title)).toEqual([
    'The Matrix Reloaded',
    'The Matrix',
  ])
  expect(ranked.search('matrix', 1)).toEqual({ films: [FILMS[0]], total: 2 })
})

test('returns nothing for a query without words', () => {
  for (const query of ['', '   ', '!?', '()']) expect(index.search(query, 5)).toEqual({ films: [], total: 0 })
})

/** The oracle compares every word with every prefix of every token by full edit distance. */
function naiveTier(film: Film, text: string): number {
  const query = parseQuery(text)
  const tokens = [...tokensOf(film)]
  const tierOf = (words: readonly string[]) =>
    Math.max(...words.map((word) => Math.min(...tokens.map((token) => naiveWord(word, token)))))
  const tier = Math.min(tierOf(query.words), query.joined ? tierOf(query.joined) : Number.POSITIVE_INFINITY)
  if (tier > TIER.wordPrefixes) return tier
  const target = query.dated?.year === film.year && query.dated ? query.dated.whole : query.whole
  const wholes = fullTitlesOf(film)
  if (wholes.some((whole) => whole === target)) return TIER.whole
  return wholes.some((whole) => whole.slice(0, target.length) === target) ? TIER.prefix : tier
}

function naiveWord(word: string, token: string): number {
  if (token === word) return TIER.words
  const prefixes = Array.from({ length: token.length + 1 }, (_, length) => token.slice(0, length))
  if (prefixes.includes(word)) return TIER.wordPrefixes
  return mayHaveTypo(word) && prefixes.some((prefix) => isOneTypo(word, prefix))
    ? TIER.typo
    : Number.POSITIVE_INFINITY
}

/** Words of three letters allow only swaps. */
const isOneTypo = (word: string, prefix: string) =>
  distance(word, prefix) <= 1 && (word.length > 3 || [...word].sort().join() === [...prefix].sort().join())

/** Optimal string alignment distance: Levenshtein with swaps of neighbours. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : i)),
  )
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const change = table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? table[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY
      table[i]![j] = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, change, swap)
    }
  return table[a.length]![b.length]!
}

// A small alphabet, so that words collide and typos matter.
const letters = fc.constantFrom('a', 'b', 'c', 'é', '가', '각', '나', '1')
const word = fc.array(letters, { minLength: 1, maxLength: 7 }).map((list) => list.join(''))
const title = fc.array(word, { minLength: 1, maxLength: 3 }).map((list) => list.join(' '))
const films = fc.array(
  fc.record({ title, koreanTitle: fc.option(title), year: fc.constantFrom(1999, 2001) }),
  {
    minLength: 1,
    maxLength: 12,
  },
)

test('returns the same films in the same order as a naive search', () => {
  const query = fc.oneof(title, fc.constantFrom('aaaa 1999', 'abca 2001', '1999'))
  fc.assert(
    fc.property(films, query, fc.array(fc.nat(3)), (sources, text, popularity) => {
      const list = sources.map((source, id) => filmOf({ id, ...source }))
      const ranked = new SearchIndex(list)
      ranked.rankBy(new Map(popularity.map((value, id) => [String(id), value])))
      const expected = list
        .map((film, index) => ({ film, index, tier: naiveTier(film, text) }))
        .filter(({ tier }) => Number.isFinite(tier))
        .sort(
          (a, b) =>
            a.tier - b.tier || (popularity[b.index] ?? 0) - (popularity[a.index] ?? 0) || a.index - b.index,
        )
      expect(ranked.search(text, 5)).toEqual({
        films: expected.slice(0, 5).map(({ film }) => film),
        total: expected.length,
      })
    }),
    { numRuns: 200 },
  )
})

test('finds a film despite one typo anywhere in a long word', () => {
  const words = fc.constantFrom('matrix', 'shawshank', 'redemption', 'parasite', 'professional')
  const slip = fc.constantFrom('wrong', 'missing', 'extra', 'swapped')
  fc.assert(
    fc.property(words, slip, fc.nat(), (whole, kind, position) => {
      const at = position % (whole.length - 1)
      const [before, after] = [whole.slice(0, at), whole.slice(at)]
      const typed = {
        wrong: `${before}q${after.slice(1)}`,
        missing: before + after.slice(1),
        extra: `${before}q${after}`,
        swapped: before + after[1] + after[0] + after.slice(2),
      }[kind]
      expect(titles(typed).join()).toMatch(new RegExp(whole, 'i'))
    }),
  )
})

test('reads only the matching films when it searches 10,000', () => {
  const syllables = ['ka', 'ro', 'mi', 'stel', 'vor', 'an', 'the', 'gre', 'lo', 'pin', 'du', 'sha']
  const pick = (n: number) => syllables[n % syllables.length]!
  const many = Array.from({ length: 10_000 }, (_, id) => {
    const words = [id, id * 7 + 3, id * 13 + 5].map(
      (n) => pick(n) + pick(n >> 2) + pick(n >> 5) + 'aeiou'[n % 5],
    )
    return filmOf({ id, title: `${words.join(' ')} (${1930 + (id % 90)})` })
  })
  const read = new Set<number>()
  const large = new SearchIndex(
    many.map((film, i) => new Proxy(film, { get: (target, key) => read.add(i) && Reflect.get(target, key) })),
  )
  const queries = [
    't',
    'the',
    'karomi',
    'stelvro',
    'shaan the gre',
    'the matrix reloaded 1999',
    'kaaroo mimi stelv',
  ]
  for (const query of queries) {
    read.clear()
    const { total } = large.search(query, 8)
    expect(read.size).toBeLessThanOrEqual(total)
  }
})
