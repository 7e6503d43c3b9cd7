import { beforeEach, expect, test, vi } from 'vitest'

const kept = new Map<string, string>()

beforeEach(() => {
  vi.resetModules()
  kept.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  return () => vi.unstubAllGlobals()
})

test('saves with a view only colours of runs of its experiment', async () => {
  const { coloursToSave, keepColour, showColours } = await import('./run-colours.js')
  keepColour('a', '1', '#111111')
  keepColour('b', '2', '#222222')
  showColours(new Map([['c', '#333333']]))
  expect(Object.fromEntries(coloursToSave('1'))).toEqual({ a: '#111111', c: '#333333' })
})

test('shows the colours of a view behind those that were chosen here, and keeps only the latter', async () => {
  const { keepColour, keptColours, showColours } = await import('./run-colours.js')
  keepColour('a', '1', '#111111')
  showColours(
    new Map([
      ['a', '#999999'],
      ['c', '#333333'],
    ]),
  )
  expect(Object.fromEntries(keptColours())).toEqual({ a: '#111111', c: '#333333' })
  keepColour('c', '1', undefined)
  expect(keptColours().has('c')).toBe(false)
  vi.resetModules()
  const again = await import('./run-colours.js')
  expect(Object.fromEntries(again.keptColours())).toEqual({ a: '#111111' })
})

test('reads the colours that an older version kept', async () => {
  kept.set('cairn.run-colours', '{"a":"#111111","b":7}')
  const { coloursToSave, keptColours } = await import('./run-colours.js')
  expect(Object.fromEntries(keptColours())).toEqual({ a: '#111111' })
  expect(coloursToSave('1').size).toBe(0)
})
