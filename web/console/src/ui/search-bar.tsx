import type { ReactNode } from 'react'
import { SearchField } from './search-field.js'

interface SearchBarProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** A count, and buttons at the end. */
  readonly children?: ReactNode
}

/** The bar above a list: its search and its actions. */
export const SearchBar = ({ label, value, onChange, children }: SearchBarProps) => (
  <div className="search-bar">
    <SearchField label={label} value={value} onChange={onChange} />
    {children}
  </div>
)
