import { useGridKeys } from '../ui/use-grid-keys.js'

interface ListKeys {
  readonly ids: readonly string[]
  /** The attribute of rows that holds their id. */
  readonly attribute: string
  readonly scrollTo: (index: number) => void
  readonly onSelect: ((id: string) => void) | undefined
}

/** Keyboard navigation of a virtual list: besides moving, Space selects and Enter follows the link of the row. */
export function useListKeys({ onSelect, ...grid }: ListKeys) {
  const act = (index: number, key: string, row: HTMLElement): boolean => {
    if (key === ' ') onSelect?.(grid.ids[index]!)
    else if (key === 'Enter') row.querySelector('a')?.click()
    else return false
    return true
  }
  return useGridKeys({ ...grid, act })
}
