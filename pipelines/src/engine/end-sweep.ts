import type { Sweep, SweepOutput } from '@cairn/platform/protocol/databricks/sweeps'
import { iterationStats } from '../flow/iteration-stats.js'
import { endLoop, loopResult } from '../flow/loop.js'
import type { TaskRunRow } from '../schema.js'
import type { BestTrial, SweepRows } from './sweep-rows.js'
import type { SweepSession } from './sweep-sessions.js'

interface EndedSweep {
  readonly row: TaskRunRow
  readonly sweep: Sweep
  readonly session: SweepSession
  readonly parentId: string
}

/**
 * Ends a sweep whose trials have ended: links the best one on the parent run and in the values of the task. A sweep without a
 * best trial fails.
 */
export async function endSweep(rows: SweepRows, ended: EndedSweep): Promise<void> {
  const { row, sweep, session, parentId } = ended
  const { metric, goal } = sweep.objective
  const best = await rows.best(row.task_run_id, goal)
  if (best) await linkBest(ended, best)
  const output: SweepOutput = {
    ...{ mlflow_run_id: parentId, experiment_id: session.experimentId, metric, goal },
    ...(best && { best: renderBest(best) }),
  }
  await rows.finish(row, async (tx, current, now) => {
    const end = loopResult(await iterationStats(tx, row.task_run_id))
    const without = {
      result: 'FAILED',
      message: `No trial that succeeded has the metric '${metric}'.`,
    } as const
    const values = { ...end.values, mlflow_run_id: parentId, ...(best && valuesOf(best)) }
    const kind_output = JSON.stringify({ sweep: output })
    return endLoop(tx, current, { ...end, ...(!best && without), values, kind_output }, now)
  })
}

function linkBest({ sweep, session, parentId }: EndedSweep, best: BestTrial) {
  const parameters = Object.entries(parametersOf(best)).map(([name, value]) => [
    `cairn.best.${name}`,
    String(value),
  ])
  const tags = { 'cairn.best_run_id': best.mlflow_run_id, ...Object.fromEntries(parameters) }
  return session.mlflow.logMetric(parentId, sweep.objective.metric, best.objective, tags)
}

const parametersOf = ({ input }: BestTrial) => JSON.parse(input) as Record<string, unknown>

const renderBest = (best: BestTrial) => ({
  iteration: best.iteration,
  run_id: best.task_run_id,
  mlflow_run_id: best.mlflow_run_id,
  value: best.objective,
  parameters: parametersOf(best),
})

/** Names of values may contain dots, so that `{{tasks.KEY.values.best.NAME}}` is the value of a parameter. */
const valuesOf = (best: BestTrial) => ({
  best_run_id: best.mlflow_run_id,
  best_value: best.objective,
  ...Object.fromEntries(Object.entries(parametersOf(best)).map(([name, value]) => [`best.${name}`, value])),
})
