import type { BrowserContext, Page, Request } from 'playwright-core'

const requestsOf = new WeakMap<BrowserContext, Set<Request>>()

/** Notes which requests of a context wait for their responses. A stream of events never ends, and is not noted. */
export function watchRequests(context: BrowserContext): void {
  const requests = new Set<Request>()
  requestsOf.set(context, requests)
  context.on('request', (request) => {
    if (request.headers().accept !== 'text/event-stream') requests.add(request)
  })
  context.on('requestfinished', (request) => void requests.delete(request))
  context.on('requestfailed', (request) => void requests.delete(request))
}

export const hasPendingRequests = (tab: Page): boolean => (requestsOf.get(tab.context())?.size ?? 0) > 0

/** Forgets requests of a document that the tab has left. */
export const forgetRequests = (tab: Page): void => requestsOf.get(tab.context())?.clear()
