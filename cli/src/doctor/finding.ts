/** The result of one check. */
export interface Finding {
  readonly check: string
  readonly result: 'ok' | 'warning' | 'problem'
  readonly detail: string
  /** Advice; empty when nothing has to be done. */
  readonly advice: string
}

export const ok = (check: string, detail: string): Finding => ({ check, result: 'ok', detail, advice: '' })

export const warning = (check: string, detail: string, advice: string): Finding => ({
  ...{ check, result: 'warning', detail, advice },
})

export const problem = (check: string, detail: string, advice: string): Finding => ({
  ...{ check, result: 'problem', detail, advice },
})
