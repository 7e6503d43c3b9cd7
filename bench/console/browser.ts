import type { Browser, Page } from 'playwright-core'

/** Opens a tab without a cache. Its functions give up after `timeoutMs`. */
export async function inTab<T>(
  browser: Browser,
  timeoutMs: number,
  work: (tab: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })
  try {
    const tab = await context.newPage()
    tab.setDefaultTimeout(timeoutMs)
    await tab.addInitScript(observeLongTasks)
    return await work(tab)
  } finally {
    await context.close()
  }
}

/** Records long tasks from the start of each page. */
const observeLongTasks = () => {
  const durations: number[] = []
  Object.assign(globalThis, { longTasks: durations })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) durations.push(duration)
  }).observe({ type: 'longtask', buffered: true })
}

/** Tasks of 50 ms or more of the page since it opened or the last call, in milliseconds. */
export async function longTasks(tab: Page): Promise<{ readonly sum: number; readonly longest: number }> {
  const durations = await tab.evaluate(
    () => (globalThis as { longTasks?: number[] }).longTasks?.splice(0) ?? [],
  )
  return {
    sum: durations.reduce((sum, duration) => sum + duration, 0),
    longest: Math.max(0, ...durations),
  }
}

const FRAMES = 200

/** The 95th percentile of the time between frames while an element is scrolled down by 34 px a frame. */
export const frames = (tab: Page, selector: string) =>
  tab.evaluate(
    async ([selected, count]) => {
      const scroller = document.querySelector(selected)!
      scroller.scrollTop = 0
      const times: number[] = []
      let before = await new Promise<number>(requestAnimationFrame)
      for (let i = 0; i < count; i++) {
        scroller.scrollTop += 34
        const now = await new Promise<number>(requestAnimationFrame)
        times.push(now - before)
        before = now
      }
      return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]!
    },
    [selector, FRAMES] as const,
  )

/** Megabytes of the heap after a collection. */
export async function heap(tab: Page): Promise<number> {
  const session = await tab.context().newCDPSession(tab)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1e6
}

export const nodes = (tab: Page) => tab.evaluate(() => document.querySelectorAll('*').length)

/**
 * Counts responses to the tab during `work`: requests, kilobytes of bodies, kilobytes with headers as they are sent, and of these the
 * bodies of scripts and styles.
 */
export async function received(tab: Page, work: () => Promise<unknown>) {
  const session = await tab.context().newCDPSession(tab)
  await session.send('Network.enable')
  const sum = { requests: 0, kilobytes: 0, sent: 0, code: 0 }
  /** Bytes of the headers of scripts and styles. */
  const headers = new Map<string, number>()
  session.on('Network.requestWillBeSent', () => sum.requests++)
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script' || type === 'Stylesheet') headers.set(requestId, response.encodedDataLength)
  })
  session.on('Network.dataReceived', ({ dataLength }) => {
    sum.kilobytes += dataLength / 1000
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sum.sent += encodedDataLength / 1000
    sum.code += (encodedDataLength - (headers.get(requestId) ?? encodedDataLength)) / 1000
  })
  await work()
  await session.detach()
  return sum
}

/** Processor seconds of the process of the tab, which is the only one of its browser. */
export async function cpuSeconds(tab: Page): Promise<number> {
  const session = await tab.context().browser()!.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.reduce((sum, { type, cpuTime }) => sum + (type === 'renderer' ? cpuTime : 0), 0)
}
