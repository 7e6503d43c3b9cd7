import { ApiError } from '@cairn/platform/errors'
import { CHAMPION, PromoteModelVersion } from '@cairn/platform/protocol/cairn/promotions'
import Type from 'typebox'
import { defineTask, type TaskContext } from '../../task-kinds/task.js'
import { findChampion } from './find-champion.js'

/**
 * Promotes versions to champion, one after the other, through the registry's gate. A version that the gate rejects does
 * not fail the job if there is a champion, which stays in service.
 */
export const promoteTask = defineTask({
  entry: 'models/promote',
  parameters: Type.Object({ model: Type.String(), versions: Type.Array(Type.String(), { minItems: 1 }) }),
  async run(context) {
    const { model: name, versions } = context.parameters
    const verdicts: Record<string, string> = {}
    for (const version of versions) verdicts[version] = await promoteVersion(context, name, version)
    const champion_version = await findChampion(context, name)
    if (champion_version === undefined)
      throw new ApiError(
        'FAILED_PRECONDITION',
        `The gate rejected every version of ${name}: see \`cairn models promotions ${name}\`.`,
      )
    return { champion_version, verdicts }
  },
})

/** Skips a version that an earlier attempt has promoted. */
async function promoteVersion(context: TaskContext, name: string, version: string): Promise<string> {
  const { client, log } = context
  if ((await findChampion(context, name)) === version) return 'passed'
  const { promotion } = await client(PromoteModelVersion, { name, version, alias: CHAMPION })
  const isRejected = promotion.verdict === 'failed'
  const decisive = promotion.checks.filter(({ passed }) => passed !== isRejected)
  const reasons = decisive.map(({ detail }) => detail).join(' ')
  if (isRejected) log.warn(`${name} ${version} was rejected: ${reasons}`)
  else log.info(`${name} ${version} is now the champion: ${reasons}`)
  return promotion.verdict
}
