import { DEMO_ENDPOINT, FIRST_SERVED } from '@cairn/pipelines/tasks/demo-job'
import type { Client } from '@cairn/platform/protocol/client'
import type { FindNews } from './follow.js'
import { findServed, promotionReason, type ServedVersion } from './served-version.js'
import { links, recommendations } from './summary.js'

/** Reports the first served model, with recommendations and addresses, and in one line each model that takes over. */
export function demoNews(call: Client, server: string): FindNews {
  let last: ServedVersion | undefined
  return async (tasks) => {
    if (!tasks.some(({ task_key, result }) => task_key === FIRST_SERVED && result === 'SUCCESS'))
      return undefined
    const served = await findServed(call, last)
    if (!served || served === last) return undefined
    const before = last
    last = served
    if (!before) return `\n${[...(await recommendations(call)), '', ...links(server)].join('\n')}\n\n`
    const why = await promotionReason(call, served)
    return `${DEMO_ENDPOINT} is now served by ${nameOf(served)} instead of ${nameOf(before)}${why && `. ${why}`}\n`
  }
}

const nameOf = ({ version, title }: ServedVersion) => `version ${version}, ${title}`
