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

test('ignores keys during a composition', () => {
  const keys = composition()
  expect(keys.owns(ENTER)).toBe(false)
  keys.start()
  expect(keys.owns(ENTER)).toBe(true)
})

test('trusts isComposing and key code 229', () => {
  const keys = composition()
  expect(keys.owns({ isComposing: true, keyCode: 13 })).toBe(true)
  expect(keys.owns({ isComposing: false, keyCode: 229 })).toBe(true)
})

test('handles Enter right after a Hangul composition', () => {
  const keys = composition()
  keys.start()
  keys.end({ data: '생' })
  expect(keys.owns(ENTER)).toBe(false)
})

test('ignores the Enter that confirms a candidate and handles the next one', () => {
  const keys = composition()
  keys.start()
  keys.end({ data: '日本' })
  expect(keys.owns(ENTER)).toBe(true)
  keys.frame()
  expect(keys.owns(ENTER)).toBe(false)
})
