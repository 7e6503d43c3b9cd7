import { useEffect, useState } from 'react'

const DEBOUNCE_MS = 150

/** The text, once it has not changed for a moment: a search for each letter would be for nothing. */
export function useDebounced(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
