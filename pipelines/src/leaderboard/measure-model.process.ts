import { messageOf } from '@cairn/platform/errors'
import { type MeasuredModel, type ModelTask, measureModel } from './measure-model.js'

/** The messages of this process: progress, then the result or an error. */
export type ModelMessage =
  | { readonly progress: Parameters<Parameters<typeof measureModel>[1]> }
  | { readonly model: MeasuredModel; readonly peakBytes: number }
  | { readonly error: string }

const send = (message: ModelMessage) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()))

process.once('disconnect', () => process.exit(1)) // The parent has ended.

process.once('message', async (task: ModelTask) => {
  try {
    const model = await measureModel(task, (...progress) => void send({ progress }))
    await send({ model, peakBytes: process.resourceUsage().maxRSS * 1024 })
  } catch (error) {
    await send({ error: messageOf(error) })
  }
  process.exit()
})
