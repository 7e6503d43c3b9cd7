import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { expect, test } from 'vitest'
import { adviceAfterGate, adviceWithoutEvaluation } from './gate-advice.js'

const verdict = (passed: boolean) => ({
  ...{ name: 'houses', version: '2', alias: 'champion' },
  checks: [
    { name: 'evaluated', passed, detail: '' },
    { name: 'better', passed: false, detail: '' },
  ],
})
const gated = (value: string) => [{ key: 'cairn.gated_alias', value }]

test('a version without an evaluation gets its alias without the gate', () => {
  for (const tags of [undefined, [], gated('production')])
    expect(adviceWithoutEvaluation(verdict(false), tags)).toMatch(
      /set the alias directly: cairn models alias set houses champion 2$/,
    )
})

test('an alias that only the gate moves, and a version with an evaluation, need other advice', () => {
  expect(adviceWithoutEvaluation(verdict(false), gated('champion'))).toBe(undefined)
  expect(adviceWithoutEvaluation(verdict(true))).toBe(undefined)
})

test('a caller that may not read the model gets no advice instead of another error', async () => {
  const denied = (async () => {
    throw new ApiError('PERMISSION_DENIED', 'READ MODELS is required.')
  }) as unknown as Client
  expect(await adviceAfterGate(denied, verdict(false))).toBe(undefined)
  const tags = (async () => ({ registered_model: { tags: gated('production') } })) as unknown as Client
  expect(await adviceAfterGate(tags, verdict(false))).toMatch(/set the alias directly/)
})
