import { checkDeadline } from './deadline.js'
import type { Model, ModelRequest, Predictor } from './flavor.js'
import { TimeSlice } from './time-slice.js'

/** Answers each request on its own: a graph may compute across the rows of its input. */
export const predictorModel = (predictor: Predictor): Model => ({
  predict(requests) {
    const slice = new TimeSlice()
    let turn: Promise<void> | undefined
    return requests.map((request) => {
      if (!turn && !slice.isOver) return answer(predictor, request)
      turn = (turn ?? Promise.resolve()).then(() => slice.pause())
      return handled(turn.then(() => answer(predictor, request)))
    })
  },
  ...(predictor.close && { close: () => predictor.close!() }),
})

const answer = (predictor: Predictor, request: ModelRequest): Promise<unknown> =>
  handled(
    (async () => {
      checkDeadline(request.deadline)
      return predictor.invoke(request)
    })(),
  )

/** Prevents that a rejection ends the process before the caller awaits it. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
