import { ApiError } from '@cairn/platform/errors'
import { CHAMPION, PromoteModelVersion } from '@cairn/platform/protocol/promotions'
import { GetRegisteredModel } from '@cairn/platform/protocol/registered-models'
import Type from 'typebox'
import { defineTask, type TaskContext } from '../../engine/task.js'

/**
 * Asks the gate for the alias, for one version after the other. A version that it refuses is no failure of the job as
 * long as there is a champion: that one goes on serving.
 */
export const promote = defineTask({
  entry: 'models/promote',
  parameters: Type.Object({ model: Type.String(), versions: Type.Array(Type.String(), { minItems: 1 }) }),
  async run(context) {
    const { model: name, versions } = context.parameters
    const verdicts: Record<string, string> = {}
    for (const version of versions) verdicts[version] = await ask(context, name, version)
    const champion_version = await championOf(context, name)
    if (champion_version === undefined)
      throw new ApiError(
        'FAILED_PRECONDITION',
        `The gate refuses every version of ${name}; its decisions say why.`,
      )
    return { champion_version, verdicts }
  },
})

/** A version that holds the alias already, from an earlier attempt, is not asked for again. */
async function ask(context: TaskContext, name: string, version: string): Promise<string> {
  const { client, log } = context
  if ((await championOf(context, name)) === version) return 'passed'
  const { promotion } = await client(PromoteModelVersion, { name, version, alias: CHAMPION })
  const failed = promotion.checks.filter((check) => !check.passed)
  if (failed.length === 0) log.info(`${name} ${version} is the champion now`)
  else log.warn(`${name} ${version} is not: ${failed.map((check) => check.detail).join(' ')}`)
  return promotion.verdict
}

async function championOf({ client }: TaskContext, name: string): Promise<string | undefined> {
  const { registered_model } = await client(GetRegisteredModel, { name })
  return registered_model.aliases?.find((one) => one.alias === CHAMPION)?.version
}
