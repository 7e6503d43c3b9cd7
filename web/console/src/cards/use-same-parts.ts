import { replaceEqualDeep } from '@tanstack/react-query'
import { useRef } from 'react'

/** Replaces the parts of a value that equal those of an earlier render by them, so that parts can be dependencies. */
export function useSameParts<T>(value: T): T {
  const kept = useRef(value)
  kept.current = replaceEqualDeep(kept.current, value)
  return kept.current
}
