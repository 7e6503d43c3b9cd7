import type { Virtualizer } from '@tanstack/react-virtual'
import { expect, test } from 'vitest'
import { observeOwnAxis } from './observe-own-axis.js'

test('columns scroll with the horizontal axis only', () => {
  const scroller = Object.assign(new EventTarget(), { scrollLeft: 0, scrollTop: 0 })
  const columns = {
    ...{ scrollElement: scroller, targetWindow: globalThis, isScrolling: false, scrollOffset: 0 },
    options: { horizontal: true, isRtl: false, useScrollendEvent: false, isScrollingResetDelay: 0 },
  }
  const states: (readonly [offset: number, isScrolling: boolean])[] = []
  const stop = observeOwnAxis(
    columns as unknown as Virtualizer<HTMLElement, Element>,
    (offset, isScrolling) => {
      states.push([offset, isScrolling])
      Object.assign(columns, { scrollOffset: offset, isScrolling })
    },
  )
  const scrollTo = (position: { scrollLeft?: number; scrollTop?: number }) => {
    Object.assign(scroller, position)
    scroller.dispatchEvent(new Event('scroll'))
  }
  scrollTo({ scrollTop: 500 })
  scrollTo({ scrollLeft: 80 })
  scrollTo({ scrollTop: 900 })
  expect(states).toEqual([
    [0, false],
    [80, true],
    [80, true],
  ])
  stop?.()
})
