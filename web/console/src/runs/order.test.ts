import { expect, test } from 'vitest'
import { column } from './columns.js'
import { nextOrder, orderBy, orderToText, parseOrder } from './order.js'

test('round-trips an order through the URL', () => {
  const order = { column: column('metrics', 'a b.c'), ascending: false }
  expect(parseOrder(orderToText(order))).toEqual(order)
  expect(parseOrder('params.x')).toEqual({ column: column('params', 'x'), ascending: true })
  expect(parseOrder('rubbish')).toBeUndefined()
  expect(parseOrder(undefined)).toBeUndefined()
})

test('quotes keys but not attributes for the server', () => {
  expect(orderBy({ column: column('metrics', 'a b'), ascending: true })).toBe('metrics.`a b` ASC')
  expect(orderBy({ column: column('attributes', 'start_time'), ascending: false })).toBe(
    'attributes.start_time DESC',
  )
})

test('cycles through best first, reversed and none', () => {
  const metric = column('metrics', 'p')
  const first = nextOrder(undefined, metric)
  const second = nextOrder(first, metric)
  expect([first?.ascending, second?.ascending, nextOrder(second, metric)]).toEqual([false, true, undefined])
  expect(nextOrder(first, column('params', 'x'))).toEqual({ column: column('params', 'x'), ascending: true })
})
