import { messageOf } from '@cairn/platform/errors'
import { type MeasuredModel, type ModelTask, measureModel } from './measure-model.js'

/** What this process says: how far it is, and in the end one model or why there is none. */
export type ModelMessage =
  | { readonly progress: Parameters<Parameters<typeof measureModel>[1]> }
  | { readonly model: MeasuredModel; readonly peakBytes: number }
  | { readonly error: string }

const say = (message: ModelMessage) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()))

process.once('disconnect', () => process.exit(1)) // nobody is left to tell

process.once('message', async (task: ModelTask) => {
  try {
    const model = await measureModel(task, (...progress) => void say({ progress }))
    await say({ model, peakBytes: process.resourceUsage().maxRSS * 1024 })
  } catch (error) {
    await say({ error: messageOf(error) })
  }
  process.exit()
})
