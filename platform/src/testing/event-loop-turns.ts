/** Counts the turns of the event loop until the work has settled. */
export async function countTurnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0
  let isDone = false
  const count = () => {
    turns++
    if (!isDone) setImmediate(count)
  }
  count()
  await work.finally(() => {
    isDone = true
  })
  return turns
}
