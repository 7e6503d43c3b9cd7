import { expect, test } from 'vitest'
import { letterOf } from './shortcut-keys.js'

test('a letter is the one that is written, else the Latin one at its place', () => {
  const letters = [
    { key: 'e', code: 'KeyD' }, // Dvorak
    { key: 'E', code: 'KeyE' },
    { key: 'ㄷ', code: 'KeyE' },
    { key: 'Process', code: 'KeyG' },
    { key: '/', code: 'KeyQ' },
    { key: 'Enter', code: 'Enter' },
  ].map(letterOf)
  expect(letters).toEqual(['e', 'e', 'e', 'g', undefined, undefined])
})
