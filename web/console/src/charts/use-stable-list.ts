import { useRef } from 'react'

/** The list of an earlier render while all of its items are the same, so that it can be a dependency. */
export function useStableList<T>(list: readonly T[]): readonly T[] {
  const kept = useRef(list)
  const isSame = kept.current.length === list.length && list.every((item, i) => item === kept.current[i])
  if (!isSame) kept.current = list
  return kept.current
}
