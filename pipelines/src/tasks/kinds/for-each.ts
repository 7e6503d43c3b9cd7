import { invalid } from '@cairn/platform/errors'
import { loopInputs } from '../../flow/loop.js'
import { hasReferences } from '../../flow/references.js'
import { checkSweep } from '../../sweeps/check-sweep.js'
import { defineEngineKind, requireNoAttempts } from './engine-kind.js'

/** A task for each input. The task itself is checked with the job's. */
export const forEachKind = defineEngineKind({
  name: 'for_each_task',
  literal: ['task'],
  keepsTypes: true,
  check({ inputs, sweep, task: one }, { task, where }) {
    requireNoAttempts(task, 'for_each_task', 'set it on the task in it')
    if ((inputs === undefined) === (sweep === undefined))
      throw invalid(`${where}: pass either inputs or sweep.`)
    if (sweep) return checkSweep(sweep, one, `${where}.sweep`)
    if (!hasReferences(inputs)) loopInputs(inputs!, () => undefined)
  },
})
