/** The responses of a run, by status, and the requests without a well-formed one. */
export class Responses {
  /** The number of responses by status; 0 without a response. */
  readonly statuses: Record<number, number> = {}
  /** Requests with a 5xx, without a response, or with an error without code and message, one line each. */
  readonly faults: string[] = []

  /** @param request the words for the request, if its response has a fault */
  add({ status, fault }: { status: number; fault?: string | undefined }, request: () => string): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1
    if (fault) this.faults.push(`${request()}: ${fault}`)
  }

  /** The number of responses of each status, in words. */
  get summary(): string {
    return Object.entries(this.statuses)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ')
  }

  get requests(): number {
    return Object.values(this.statuses).reduce((sum, count) => sum + count, 0)
  }
}

const ERROR = /"error_code":"\w+".*"message":"./s
const OPEN_INFERENCE_ERROR = /^\{"error":".+"/s

/** The fault of a response, if it has one. */
export function describeFault(status: number, text: string, path: string): { fault?: string } {
  if (status === 503 && text.includes('is not ready yet')) return {} // the endpoint's model never loads
  if (status >= 500 && status !== 501) return { fault: `${status} ${text.slice(0, 300)}` }
  const hasReason = ERROR.test(text) || (path.startsWith('/v2/') && OPEN_INFERENCE_ERROR.test(text))
  if (status >= 400 && !hasReason)
    return { fault: `${status} without an error code and message: ${text.slice(0, 200)}` }
  return {}
}
