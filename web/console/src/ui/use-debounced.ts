import { useEffect, useState } from 'react'

const DEBOUNCE_MS = 150

/** The text, once it has not changed for a moment: so no request starts at each letter. */
export function useDebounced(text: string, first = text): string {
  const [settled, setSettled] = useState(first)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
