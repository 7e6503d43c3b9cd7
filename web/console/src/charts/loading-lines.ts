/** How long others wait for lines that do not come. */
const MAX_WAIT_MS = 2_000
/** For lines to begin to load, and for React to draw those that have loaded. */
const TURN_MS = 50

let loading = 0

/** Notes that lines load, until the returned function is called. */
export function noteLoadingLines(): () => void {
  loading++
  return () => {
    loading--
  }
}

/** Resolves when the lines in view are painted. */
export async function linesDrawn(): Promise<void> {
  const until = performance.now() + MAX_WAIT_MS
  do await new Promise((resolve) => setTimeout(resolve, TURN_MS))
  while (loading > 0 && performance.now() < until)
  await nextPaint()
}

/** Resolves after the next frame; pages in the background have none. */
const nextPaint = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve))
    setTimeout(resolve, MAX_WAIT_MS)
  })
