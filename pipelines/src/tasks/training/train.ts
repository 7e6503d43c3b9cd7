import { join } from 'node:path'
import { s3Options } from '@cairn/platform/config'
import { messageOf } from '@cairn/platform/errors'
import { requireKind } from '@cairn/recommenders/models/kinds'
import type { TaskContext, TaskValues } from '../../task-kinds/task.js'
import { withCheckpoints } from './checkpoints.js'
import { trainInChildProcess } from './train-in-child-process.js'
import type { TrainOptions } from './train-request.js'

/**
 * The body of every training task. Trains a model, measures it under each protocol, and logs the run; see `trainRecipe`.
 * Missing baselines are measured first. A retry reuses the run that an earlier attempt finished.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for an unknown kind; INVALID_PARAMETER_VALUE for invalid parameters, before reading data
 */
export async function train(context: TaskContext, options: TrainOptions): Promise<TaskValues> {
  requireKind(options.kind)
  const first = await trainOne(context, options, { withoutBaselines: false })
  if ('values' in first) return first.values
  for (const kind of first.missing) await trainBaseline(context, { ...options, kind })
  const second = await trainOne(context, options, { withoutBaselines: true })
  return 'values' in second ? second.values : {}
}

/** A baseline that cannot be measured does not fail the task. */
async function trainBaseline(context: TaskContext, { kind, schema, experiment }: TrainOptions) {
  try {
    await trainOne(context, { kind, schema, experiment }, { withoutBaselines: true })
  } catch (error) {
    context.signal.throwIfAborted()
    context.log.warn(`The baseline ${kind} could not be measured: ${messageOf(error)}`)
  }
}

const trainOne = (context: TaskContext, options: TrainOptions, rule: { withoutBaselines: boolean }) =>
  withCheckpoints(context, options.kind, (checkpoints) =>
    trainInChildProcess(context, { ...options, ...rule, ...surroundings(context), checkpoints }),
  )

function surroundings({ server, principal, services, taskRunId, taskKey, runId, mlflowRunId }: TaskContext) {
  return {
    server,
    task: { taskRunId, taskKey, runId, principal: principal.name, ...(mlflowRunId && { mlflowRunId }) },
    store: { uri: services.blobs.uri(''), s3: s3Options(services.config) },
    cache: join(services.config.data, 'cache'),
  }
}
