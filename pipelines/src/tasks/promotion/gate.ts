import { EvaluateGate } from '@cairn/platform/protocol/promotions'
import Type from 'typebox'
import { defineTask } from '../../engine/task.js'

/** What the gate would say of a version, check by check; decides nothing. */
export const gate = defineTask({
  entry: 'models/gate',
  parameters: Type.Object({ model: Type.String(), version: Type.String() }),
  async run({ client, parameters: { model: name, version }, log }) {
    const { gate: verdict } = await client(EvaluateGate, { name, version })
    for (const check of verdict.checks) log[check.passed ? 'info' : 'warn'](`${check.name}: ${check.detail}`)
    const failed = verdict.checks.filter((check) => !check.passed).map((check) => check.name)
    return { passed: verdict.passed, failed, champion_version: verdict.champion_version ?? null }
  },
})
