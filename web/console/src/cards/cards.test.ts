import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberColumn, tableToCsv, textColumn } from '../ui/table.js'
import { type Card, clampExtent } from './card.js'
import { duplicateCard, freeId, moveCard, openCard, putCard, removeCard, toggleSection } from './changes.js'
import { type ChartsState, NO_CHANGES, stateFromText, stateToText } from './charts-state.js'
import { linkTo } from './link.js'
import { loggedMedia, mediaAt } from './logged-media.js'
import { applyMoves, movesBetween } from './moves.js'
import { viewOf } from './options.js'
import { projectionOf } from './run-values.js'
import { defaultCards, sectionsOf } from './sections.js'

const metric = (key: string, last_step = 5) => ({ key, count: 2, differs: true, last_step })
const defaults = defaultCards(
  ['system/cpu', 'val/b', 'val/a', 'loss', 'acc', 'acc_ci_low', 'acc_ci_high'].map((key) =>
    metric(key, key === 'acc' ? 0 : 5),
  ),
)
const layout = (state: ChartsState) =>
  sectionsOf(state, defaults).map(({ name, cards }) => [name, cards.map(({ id }) => id)])
const bar: Card = { id: 'c.1', kind: 'bar', section: '', width: 2, height: 1, options: { y: ['loss'] } }

test('each metric has a card in the section of its prefix, system metrics last and folded', () => {
  expect(layout(NO_CHANGES)).toEqual([
    ['-', ['m.acc', 'm.loss']],
    ['val', ['m.val/a', 'm.val/b']],
    ['system', ['m.system/cpu']],
  ])
  const sections = sectionsOf(toggleSection(NO_CHANGES, 'val'), defaults)
  expect(sections.map(({ folded }) => folded)).toEqual([false, true, true])
  expect(sections.flatMap(({ cards }) => cards.map(({ kind }) => kind))).toEqual([
    'bar',
    'line',
    'line',
    'line',
    'line',
  ])
})

test('cards are added, duplicated behind their original, moved to another section and removed', () => {
  const added = putCard(NO_CHANGES, bar)
  expect(layout(added)[0]).toEqual(['', ['c.1']])
  const twice = duplicateCard(added, bar)
  expect(layout(twice)[0]).toEqual(['', ['c.1', 'c.2']])
  expect(freeId(twice)).toBe('c.3')
  const copy = duplicateCard(NO_CHANGES, defaults[1]!)
  expect(layout(copy)[0]).toEqual(['-', ['m.acc', 'm.loss', 'c.1']])
  expect(layout(putCard(added, { ...bar, section: 'val' }))[1]).toEqual([
    'val',
    ['c.1', 'm.val/a', 'm.val/b'],
  ])
  expect(layout(removeCard(added, bar))).toEqual(layout(NO_CHANGES))
  expect(layout(removeCard(openCard(NO_CHANGES, 'm.acc'), defaults[0]!))[0]).toEqual(['-', ['m.loss']])
})

test('moves bring cards into any order, with as few statements as there are moved cards', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f']
  const order = fc.shuffledSubarray(ids, { minLength: ids.length })
  fc.assert(
    fc.property(order, order, (from, to) => {
      const moves = movesBetween(from, to)
      expect(applyMoves(from, moves)).toEqual(to)
      expect(moves.length).toBeLessThan(ids.length)
    }),
  )
  expect(movesBetween(ids, ['b', 'c', 'd', 'a', 'e', 'f'])).toEqual([['a', 'd']])
  expect(
    applyMoves(
      ['a', 'b'],
      [
        ['x', 'a'],
        ['a', 'y'],
        ['b', ''],
      ],
    ),
  ).toEqual(['b', 'a'])
})

test('a card moves within its section, and again', () => {
  const section = (state: ChartsState) => sectionsOf(state, defaults).find(({ name }) => name === 'val')!
  const once = moveCard(NO_CHANGES, section(NO_CHANGES), 'm.val/a', 1)
  expect(layout(once)[1]).toEqual(['val', ['m.val/b', 'm.val/a']])
  const back = moveCard(once, section(once), 'm.val/a', Number.NEGATIVE_INFINITY)
  expect(back.moves).toEqual([])
})

test('the state survives its text, with any names', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  const options = fc
    .dictionary(
      word.filter((key) => key !== '__proto__'),
      fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      { maxKeys: 4 },
    )
    .map((found) => ({ ...found }))
  const extent = fc.integer({ min: 1, max: 3 }).map(clampExtent)
  const card = fc.record({
    ...{ id: word, section: fc.string(), width: extent, height: extent, options },
    kind: fc.constantFrom('line', 'bar', 'parallel'),
  })
  const state = fc.record({
    view: options,
    cards: fc.array(card).map((cards) => new Map(cards.map((one) => [one.id, one as Card]))),
    removed: fc.array(word).map((ids) => new Set(ids)),
    moves: fc.array(fc.tuple(word, fc.string())),
    toggled: fc.array(fc.string()).map((names) => new Set(names)),
    open: fc.option(word, { nil: undefined }),
  })
  fc.assert(
    fc.property(state, (one) => {
      expect(stateFromText(stateToText(one))).toEqual(one)
    }),
  )
  expect(stateToText(openCard(putCard(NO_CHANGES, bar), 'c.1'))).toBe('card:c.1:bar::21:y:loss,open:c.1')
})

test('statements that are not known are left out', () => {
  expect(stateFromText('card:x:pie::11,constructor:a,later:b,hide:m.a')).toEqual({
    ...NO_CHANGES,
    removed: new Set(['m.a']),
  })
  expect(stateFromText(undefined)).toEqual(NO_CHANGES)
})

test('a link keeps the page and replaces the state of the cards', () => {
  const link = linkTo('http://h/p/#/experiments/1?filter=a%20%3D%201&cards=hide:m.a', 'open:m.b')
  expect(link).toBe('http://h/p/#/experiments/1?filter=a+%3D+1&cards=open:m.b')
})

test('options of a card win over those of the panel, and nonsense is ignored', () => {
  const panel = { x: ['time'], sm: ['gaussian-0.5'], y0: ['abc'] }
  expect(viewOf(panel, {})).toMatchObject({
    axis: 'time',
    smoothing: { kind: 'gaussian', weight: 0.5 },
    yMin: undefined,
  })
  expect(viewOf(panel, { x: ['metric'], xm: ['loss'], y1: ['2'] })).toMatchObject({
    axis: 'metric',
    xMetric: 'loss',
    yMax: 2,
  })
  expect(viewOf({}, { x: ['metric'], sm: ['7'], band: ['x'] })).toMatchObject({
    axis: 'step',
    smoothing: { weight: 0 },
    band: 'range',
  })
})

test('images are found by MLflow’s names, old and new, with the last one up to a step', () => {
  const at = (name: string) => `images/${name}`
  const images = loggedMedia([
    at('dog~face+step+3+timestamp+17+u1.png'),
    at('dog~face+step+3+timestamp+17+u1+compressed.webp'),
    at('dog~face+step+9+timestamp+18+u2.png'),
    at('cat%step%1%timestamp%5%u3.png'),
    at('other.png'),
  ])
  expect(images.map(({ key, step }) => [key, step])).toEqual([
    ['cat', 1],
    ['dog/face', 3],
    ['dog/face', 9],
  ])
  expect(images[1]!.preview).toBe(at('dog~face+step+3+timestamp+17+u1+compressed.webp'))
  expect(mediaAt(images, 'dog/face', 8)!.step).toBe(3)
  expect(mediaAt(images, 'dog/face', 2)).toBeUndefined()
})

test('files below media are samples of a key at a step, of the kind of their extension', () => {
  const media = loggedMedia([
    'media/tone/10.wav',
    'media/answer/2.txt',
    'media/answer/10.md',
    'media/errors/1.json',
    'media/loose.txt',
    'media/model/3.bin',
    'media/answer/last.txt',
  ])
  expect(media.map(({ key, step, kind }) => [key, step, kind])).toEqual([
    ['answer', 2, 'text'],
    ['answer', 10, 'text'],
    ['errors', 1, 'table'],
    ['tone', 10, 'audio'],
  ])
})

test('CSV quotes names and does not run formulas', () => {
  const table = {
    columns: [textColumn('run'), numberColumn('a,b')],
    rows: [
      ['=1+1', 0.5],
      ['x', undefined],
    ],
  }
  expect(tableToCsv(table)).toBe('run,"a,b"\r\n\'=1+1,0.5\r\nx,\r\n')
})

test('columns become keys by kind, each once', () => {
  expect(projectionOf(['metrics.a.b', 'params.c', 'metrics.a.b', 'attributes.x'])).toEqual({
    metrics: ['a.b'],
    params: ['c'],
    tags: [],
  })
})
