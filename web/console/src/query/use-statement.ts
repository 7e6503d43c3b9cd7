import { useEffect, useRef, useState } from 'react'
import { cancelStatement, executeStatement, getStatement, type Statement } from '../api/statements.js'

const POLL_MS = 1000

type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'canceled' }
  | { readonly name: 'running'; readonly id?: string; readonly startedAt: number }
  | { readonly name: 'ended'; readonly statement: Statement; readonly ms: number }
  | { readonly name: 'refused'; readonly error: unknown }

const stop = (id: string) => void cancelStatement(id).catch(() => undefined)

/** Runs one statement at a time; leaving the page cancels it. */
export function useStatement() {
  const [phase, setPhase] = useState<Phase>({ name: 'idle' })
  /** The id of the running statement; another run or `cancel` makes the answers of an earlier one stale. */
  const current = useRef<{ id?: string }>(undefined)

  const run = async (text: string) => {
    const own: { id?: string } = {}
    current.current = own
    const startedAt = performance.now()
    setPhase({ name: 'running', startedAt })
    try {
      let statement = await executeStatement(text)
      own.id = statement.statement_id
      // The page was left before the id was known.
      if (current.current !== own && statement.status.state === 'RUNNING') stop(own.id)
      while (statement.status.state === 'RUNNING' && current.current === own) {
        setPhase({ name: 'running', id: own.id, startedAt })
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        statement = await getStatement(own.id)
      }
      if (current.current !== own) return
      setPhase({ name: 'ended', statement, ms: performance.now() - startedAt })
    } catch (error) {
      if (current.current === own) setPhase({ name: 'refused', error })
    }
  }
  const cancel = async (id: string) => {
    current.current = undefined
    setPhase({ name: 'canceled' })
    try {
      await cancelStatement(id)
    } catch (error) {
      if (current.current === undefined) setPhase({ name: 'refused', error })
    }
  }
  useEffect(
    () => () => {
      const id = current.current?.id
      current.current = undefined
      if (id) stop(id)
    },
    [],
  )
  return { phase, run, cancel }
}
