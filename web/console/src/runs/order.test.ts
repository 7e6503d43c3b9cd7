import { expect, test } from 'vitest'
import { column } from './columns.js'
import { nextOrder, orderBy, orderToText, parseOrder } from './order.js'

test('the address and the order say the same', () => {
  const order = { column: column('metrics', 'a b.c'), ascending: false }
  expect(parseOrder(orderToText(order))).toEqual(order)
  expect(parseOrder('params.x')).toEqual({ column: column('params', 'x'), ascending: true })
  expect(parseOrder('rubbish')).toBeUndefined()
  expect(parseOrder(undefined)).toBeUndefined()
})

test('keys are quoted for the server, attributes are not', () => {
  expect(orderBy({ column: column('metrics', 'a b'), ascending: true })).toBe('metrics.`a b` ASC')
  expect(orderBy({ column: column('attributes', 'start_time'), ascending: false })).toBe(
    'attributes.start_time DESC',
  )
})

test('a header pressed again and again: best first, turned, none', () => {
  const metric = column('metrics', 'p')
  const first = nextOrder(undefined, metric)
  const second = nextOrder(first, metric)
  expect([first?.ascending, second?.ascending, nextOrder(second, metric)]).toEqual([false, true, undefined])
  expect(nextOrder(first, column('params', 'x'))).toEqual({ column: column('params', 'x'), ascending: true })
})
