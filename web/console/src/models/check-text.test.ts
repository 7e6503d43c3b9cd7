import i18next, { type TFunction } from 'i18next'
import { expect, test } from 'vitest'
import type { GateCheck } from '../api/models.js'
import { formatsOf } from '../i18n/format.js'
import { ko } from '../i18n/ko.js'
import { checkText } from './check-text.js'

const korean = i18next.createInstance()
await korean.init({
  lng: 'ko',
  resources: { ko: { translation: ko } },
  interpolation: { escapeValue: false },
})
const text = (check: Partial<GateCheck> & { name: string }) =>
  checkText({ passed: true, detail: '', ...check }, korean.t as TFunction, formatsOf('ko'))

test("tells the gate's checks in Korean, with their figures", () => {
  expect(text({ name: 'evaluated', detail: 'Evaluated under loo.full.v1 on 1610 users.' })).toBe(
    'loo.full.v1 프로토콜로 사용자 1,610명을 평가했어요.',
  )
  const figures = { metric: 'ndcg_at_10', difference: 0.0123, low: -0.001, high: 0.02, n_users: 610 }
  expect(text({ name: 'better', passed: false, figures })).toBe(
    '사용자 610명의 NDCG@10 차이: +0.0123(95% 신뢰 구간 −0.0010 ~ +0.0200). 유의하게 우수하지는 않아요.',
  )
  expect(text({ name: 'protocol', passed: false, figures: { challenger: 'a', champion: null } })).toBe(
    '평가 프로토콜이 달라요: a, 챔피언: 없음. 같은 방식으로 평가하세요.',
  )
  expect(text({ name: 'no_leak', passed: false, detail: 'Leak checks raised: x; y.' })).toContain('x; y.')
})

test('knows every sentence of the gate, and leaves those of other servers as they are', () => {
  const known = ['evaluated', 'no_leak', 'champion', 'protocol', 'data', 'better']
  for (const name of known)
    for (const passed of [true, false])
      expect(text({ name, passed, detail: 'No champion yet' })).toMatch(/[가-힣]|^No champion yet$/)
  expect(text({ name: 'own', detail: 'A sentence.' })).toBe('A sentence.')
})
