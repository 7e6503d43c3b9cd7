import { createInstance } from 'i18next'
import { expect, test } from 'vitest'
import { isolated } from './bidi.js'
import { INTERPOLATION } from './start.js'

test('isolates names with directional characters, and leaves others alone', () => {
  expect(isolated('gpj.\u202etxt')).toBe('\u2066gpj.\u202etxt\u2069')
  expect(isolated('a\u2069\u202eb')).toBe('\u2066a\u202eb\u2069')
  expect(isolated('한국어 <b>')).toBe('한국어 <b>')
  expect(isolated('שלום')).toBe('שלום')
})

test('sentences isolate the names that they contain', async () => {
  const i18n = createInstance()
  await i18n.init({
    lng: 'en',
    resources: { en: { translation: { sure: 'Delete {{name}} and {{count}} runs?' } } },
    interpolation: INTERPOLATION,
  })
  expect(i18n.t('sure' as never, { name: 'a\u202eb', count: 2 } as never)).toBe(
    'Delete \u2066a\u202eb\u2069 and 2 runs?',
  )
  expect(i18n.t('sure' as never, { name: '<b>&', count: 2 } as never)).toBe('Delete <b>& and 2 runs?')
})
