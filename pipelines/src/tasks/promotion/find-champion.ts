import { CHAMPION } from '@cairn/platform/protocol/cairn/promotions'
import { GetRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import type { TaskContext } from '../../task-kinds/task.js'

/** The version that the alias `champion` names. */
export async function findChampion(
  { client }: Pick<TaskContext, 'client'>,
  model: string,
): Promise<string | undefined> {
  const { registered_model } = await client(GetRegisteredModel, { name: model })
  return registered_model.aliases?.find(({ alias }) => alias === CHAMPION)?.version
}
