/** How often others had their turn of the event loop until the work was done. */
export async function turnsMeanwhile(work: Promise<unknown>): Promise<number> {
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
