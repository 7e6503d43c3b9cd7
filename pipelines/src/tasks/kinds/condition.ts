import { evaluateCondition } from '../../flow/condition.js'
import { hasReferences } from '../../flow/references.js'
import { defineEngineKind, requireNoAttempts } from './engine-kind.js'

/** A comparison, whose outcome dependent tasks may require. */
export const conditionKind = defineEngineKind({
  name: 'condition_task',
  keepsTypes: true,
  check({ op, left, right }, { task }) {
    requireNoAttempts(task, 'condition_task', 'it is decided at once')
    if (!hasReferences([left, right])) evaluateCondition(op, left, right)
  },
})
