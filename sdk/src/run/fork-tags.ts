/** The run that another run continues with other settings. The dashboard shows it in the fork history. */
export interface ForkOrigin {
  readonly runId: string
  /** The step of that run at which this one begins. */
  readonly step?: number
}

export const forkTags = (origin: ForkOrigin | undefined): Record<string, string> =>
  origin
    ? {
        'cairn.forked_from': origin.runId,
        ...(origin.step !== undefined && { 'cairn.fork_step': String(origin.step) }),
      }
    : {}
