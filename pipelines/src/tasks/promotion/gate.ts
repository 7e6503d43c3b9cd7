import { EvaluateGate } from '@cairn/platform/protocol/cairn/promotions'
import Type from 'typebox'
import { defineTask } from '../../task-kinds/task.js'

/** Evaluates the gate for a version and logs each check, without a decision. */
export const gateTask = defineTask({
  entry: 'models/gate',
  parameters: Type.Object({ model: Type.String(), version: Type.String() }),
  async run({ client, parameters: { model: name, version }, log }) {
    const { gate: evaluation } = await client(EvaluateGate, { name, version })
    for (const check of evaluation.checks)
      log[check.passed ? 'info' : 'warn'](`${check.name}: ${check.detail}`)
    const failed = evaluation.checks.filter((check) => !check.passed).map((check) => check.name)
    return { passed: evaluation.passed, failed, champion_version: evaluation.champion_version ?? null }
  },
})
