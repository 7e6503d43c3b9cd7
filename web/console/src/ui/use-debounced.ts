import { useEffect, useState } from 'react'

const DEBOUNCE_MS = 150

/** Returns the text after a pause in typing, so that not every letter starts a request. */
export function useDebounced(text: string, first = text): string {
  const [settled, setSettled] = useState(first)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
