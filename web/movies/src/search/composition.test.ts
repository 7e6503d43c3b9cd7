import { expect, test } from 'vitest'
import { createComposition } from './composition.js'

const ENTER = { isComposing: false, keyCode: 13 }

function composition() {
  const frames: (() => void)[] = []
  return {
    ...createComposition((run) => frames.push(run)),
    frame() {
      for (const run of frames.splice(0)) run()
    },
  }
}

test('keys during a composition belong to the input method', () => {
  const keys = composition()
  expect(keys.owns(ENTER)).toBe(false)
  keys.start()
  expect(keys.owns(ENTER)).toBe(true)
})

test('a browser that says so itself is believed, before and after', () => {
  const keys = composition()
  expect(keys.owns({ isComposing: true, keyCode: 13 })).toBe(true)
  expect(keys.owns({ isComposing: false, keyCode: 229 })).toBe(true)
})

test('Enter after Hangul is meant at once', () => {
  const keys = composition()
  keys.start()
  keys.end({ data: '생' })
  expect(keys.owns(ENTER)).toBe(false)
})

test('Enter that confirms a candidate is not meant, the next one is', () => {
  const keys = composition()
  keys.start()
  keys.end({ data: '日本' })
  expect(keys.owns(ENTER)).toBe(true)
  keys.frame()
  expect(keys.owns(ENTER)).toBe(false)
})
