import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CARD_KINDS, type Card, type CardKind } from '../cards/card.js'
import { CARD_FIELDS, type Field } from '../cards/kinds/fields.js'
import { type Block, experimentsOf, parseBlock } from './block.js'
import { GROUPED_KINDS } from './block-options.js'
import { blockOfCard } from './card-block.js'
import { writeBlock } from './write-block.js'

/** The YAML of a block. */
const yamlOf = (markdown: string) => markdown.replace(/^```cairn\n/, '').replace(/```\n$/, '')

const words = fc.oneof(
  fc.constantFrom('true', 'False', 'null', '~', '007', '1.0', '-0', '1e3', '0x1F', '- a', 'a: b', '#', '```'),
  fc.stringMatching(/^[a-z/_.-]{1,12}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
)
const text = words.map((one) => one.trim()).filter(Boolean)
const column = fc
  .tuple(fc.constantFrom('metrics', 'params', 'tags'), text)
  .map(([kind, key]) => `${kind}.${key}`)

function valuesOf({ type, values }: Field): fc.Arbitrary<string[]> {
  if (values) return fc.constantFrom(...values).map((one) => [one])
  if (type === 'flag') return fc.constantFrom(['true'], ['false'])
  if (type === 'number')
    return fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => [String(one)])
  if (type === 'smoothing') return fc.constantFrom(['0.6'], ['gaussian-0.25'], ['0'])
  if (type === 'metrics') return fc.array(text, { minLength: 1, maxLength: 4 })
  if (type === 'columns') return fc.array(column, { minLength: 1, maxLength: 4 })
  return type === 'column' ? column.map((one) => [one]) : text.map((one) => [one])
}

/** A card with its required options, and some of the others. */
const cardOf = (kind: CardKind, title: string) => {
  const fields = CARD_FIELDS[kind]
  const required = fields.flatMap(({ key, required }) => (required ? [key] : []))
  return fc.record({
    id: fc.constant('c.1'),
    kind: fc.constant(kind),
    section: fc.constant(''),
    width: fc.constant(1 as const),
    height: fc.constantFrom(1 as const, 2 as const, 3 as const),
    options: fc
      .record(Object.fromEntries(fields.map((field) => [field.key, valuesOf(field)])), {
        requiredKeys: required,
      })
      .map((options) => ({ ...options, ...(title && { title: [title] }) })),
  })
}

const block: fc.Arbitrary<Block> = fc
  .tuple(fc.constantFrom(...CARD_KINDS), fc.oneof(fc.constant(''), text))
  .chain(([kind, title]) =>
    fc.record({
      experiment: fc.stringMatching(/^[1-9]\d{0,18}$/),
      filter: fc.oneof(fc.constant(''), text),
      order: fc.array(text, { maxLength: 1 }),
      groupBy: GROUPED_KINDS.includes(kind)
        ? fc.array(fc.record({ kind: fc.constantFrom('params', 'tags'), key: text }), { maxLength: 3 })
        : fc.constant([]),
      runs: fc.integer({ min: 1, max: 100 }),
      title: fc.constant(title),
      card: cardOf(kind, title),
      columns: fc.constant([]),
    }),
  )

test('a card of each kind is read as it is written', () => {
  const kinds = new Set<CardKind>()
  fc.assert(
    fc.property(block, (written) => {
      kinds.add(written.card!.kind)
      const markdown = writeBlock(written)
      expect(parseBlock(yamlOf(markdown))).toEqual({ block: written })
      expect(experimentsOf(markdown)).toEqual({ names: [written.experiment], isComplete: true })
    }),
    { numRuns: 1500 },
  )
  expect([...kinds].sort()).toEqual([...CARD_KINDS].sort())
})

test('a block becomes a card, and the card the same block', () => {
  fc.assert(
    fc.property(block, ({ card, ...rest }) => {
      const groupBy = rest.groupBy.map(({ kind, key }) => `${kind}.${key}`)
      const source = { filter: rest.filter, order: rest.order[0], limit: rest.runs, deleted: false, groupBy }
      const runs = [{ runId: 'r', experimentId: rest.experiment }]
      expect(blockOfCard({ card: card!, view: {}, runs, source })).toEqual({ card, ...rest })
    }),
    { numRuns: 500 },
  )
})

const LINE: Card = {
  ...{ id: 'm.train/loss', kind: 'line', section: 'train', width: 1, height: 2 },
  options: { y: ['train/loss'], ly: ['true'] },
}
const SOURCE = { filter: '', order: undefined, limit: undefined, deleted: false, groupBy: [] }
const run = (runId: string, experimentId = '7') => ({ runId, experimentId })

test('a card of chosen runs names them, and lines have the options of their panel', () => {
  const view = { x: ['time'], ly: ['false'], sm: ['0.6'] }
  const made = blockOfCard({
    ...{ card: LINE, view, runs: [run('a'), run('b')] },
    source: { ...SOURCE, order: 'metrics.`a b` DESC', groupBy: ['params.lr'] },
  })
  expect(writeBlock(made as Block)).toBe(`\`\`\`cairn
experiment: 7
filter: "attributes.run_id IN ('a', 'b')"
order: "metrics.\`a b\` DESC"
group_by: params.lr
runs: 2
chart: line
y: train/loss
x: time
log_y: true
smoothing: 0.6
height: 2
\`\`\`
`)
})

test('the first runs of a filter stay a filter, and are a hundred at most', () => {
  const source = { ...SOURCE, filter: "params.a = 'b'", limit: Number.POSITIVE_INFINITY }
  const made = blockOfCard({ card: LINE, view: {}, runs: [run('a')], source })
  expect(made).toMatchObject({ filter: "params.a = 'b'", runs: 100 })
  const many = Array.from({ length: 120 }, (_, i) => run(`r${i}`))
  const chosen = blockOfCard({ card: LINE, view: {}, runs: many, source: SOURCE })
  expect(chosen).toMatchObject({ runs: 100, filter: expect.stringMatching(/'r99'\)$/) })
})

test('no runs, runs of several experiments and deleted runs have no block', () => {
  const page = { card: LINE, view: {} }
  expect(blockOfCard({ ...page, runs: [], source: SOURCE })).toBe('noRuns')
  expect(blockOfCard({ ...page, runs: [run('a'), run('b', '8')], source: SOURCE })).toBe('severalExperiments')
  expect(blockOfCard({ ...page, runs: [run('a')], source: { ...SOURCE, deleted: true } })).toBe('deletedRuns')
})

test('options that a block cannot have are left out', () => {
  const card = { ...LINE, options: { y: ['a'], y0: ['low'], x: ['sideways'], sm: ['0.3'], zz: ['b'] } }
  const made = blockOfCard({ card, view: {}, runs: [run('a')], source: { ...SOURCE, limit: 10 } })
  expect(parseBlock(yamlOf(writeBlock(made as Block)))).toMatchObject({
    block: { card: { options: { y: ['a'], sm: ['0.3'] } } },
  })
})
