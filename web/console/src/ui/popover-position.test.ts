import { expect, test } from 'vitest'
import { popoverPosition } from './popover-position.js'

const WINDOW = { width: 400, height: 800 }
const at = (left: number, top: number) => ({ left, right: left + 20, top, bottom: top + 20 })

test('opens below the button, aligned with the requested side', () => {
  expect(popoverPosition(at(100, 100), { width: 200, height: 300 }, WINDOW, 'start')).toMatchObject({
    left: 100,
    top: 126,
  })
  expect(popoverPosition(at(300, 100), { width: 200, height: 300 }, WINDOW, 'end')).toMatchObject({
    left: 120,
    top: 126,
  })
})

test('stays inside the window', () => {
  expect(popoverPosition(at(370, 100), { width: 300, height: 100 }, WINDOW, 'start').left).toBe(92)
  expect(popoverPosition(at(10, 100), { width: 300, height: 100 }, WINDOW, 'end').left).toBe(8)
})

test('opens above if there is more room, and limits the height to the room', () => {
  expect(popoverPosition(at(100, 700), { width: 100, height: 300 }, WINDOW, 'start')).toMatchObject({
    top: 394,
  })
  const tall = popoverPosition(at(100, 300), { width: 100, height: 2_000 }, WINDOW, 'start')
  expect(tall).toMatchObject({ top: 326, maxHeight: 466 })
})
