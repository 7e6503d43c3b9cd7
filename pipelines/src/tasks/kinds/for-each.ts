import { loopInputs } from '../../engine/loop.js'
import { hasReferences } from '../../engine/references.js'
import { defineEngineKind, requireNoAttempts } from './engine-kind.js'

/** A task for each input. The task itself is checked with the job's. */
export const forEachKind = defineEngineKind({
  name: 'for_each_task',
  literal: ['task'],
  keepsTypes: true,
  check({ inputs }, { task }) {
    requireNoAttempts(task, 'for_each_task', 'set it on the task in it')
    if (!hasReferences(inputs)) loopInputs(inputs, () => undefined)
  },
})
