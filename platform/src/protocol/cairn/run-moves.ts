import Type from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS } from '../rights.js'
import { Required } from '../wire.js'

export const MoveRuns = operation({
  id: 'moveRuns',
  method: 'POST',
  path: '/api/cairn/v1/runs/move',
  summary:
    'Move runs with their child runs and logged models to another experiment, whose rights then count for them; files stay where they are',
  right: { ...EDIT_EXPERIMENTS, by: ['run_ids', 'experiment_id'] },
  input: Type.Object({
    run_ids: Type.Array(Required({ maxLength: 256 }), { minItems: 1, maxItems: 100 }),
    experiment_id: Required(),
  }),
  /** The runs that were in another experiment. */
  output: Type.Object({ moved: Type.Array(Type.String()) }),
})
